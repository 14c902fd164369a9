import assert from 'node:assert/strict';
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { xmlAsJson } from '@vitrine/mapping/xml/xml-as-json.ts';
import { asDocument, xmlTree } from '@vitrine/mapping/xml/xml-tree.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { strToU8, zipSync } from 'fflate';
import { redefined } from '../src/configure-sources.ts';
import { readCsv } from '../src/domain/listing/read-csv.ts';
import { recordKey } from '../src/stores.ts';
import { type Answer, linkedArt, type Site, withSite } from './site.ts';

const at = (path: string) => `{base}${path}`;

type Look = {
  readonly site: Record<string, Answer>;
  readonly events: readonly string[];
  readonly outcomes?: Record<string, number>;
  readonly activities?: Record<string, number>;
  /** Raw copies as they are then, by the record's id in the source. */
  readonly copies?: Record<string, RegExp>;
  readonly level?: 0 | 1 | 2;
};

type Row = {
  readonly source: string;
  readonly addresses: readonly string[];
  readonly definition: Omit<SourceDefinition, 'addresses'>;
  readonly looks: readonly Look[];
};

const OAI = (body: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"${more}><responseDate>2024-01-01T00:00:00Z</responseDate><request>x</request>${body}</OAI-PMH>`;
const identify = (deletedRecord: string, granularity = 'YYYY-MM-DDThh:mm:ssZ') => ({
  body: OAI(
    `<Identify><repositoryName>é</repositoryName><deletedRecord>${deletedRecord}</deletedRecord><granularity>${granularity}</granularity></Identify>`,
  ),
});
const oaiRecord = (id: string, time: string, title: string) =>
  `<record><header><identifier>oai:x:${id}</identifier><datestamp>${time}</datestamp></header><metadata>\r\n <oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"><dc:title>${title}</dc:title></oai_dc:dc></metadata></record>`;
const oaiDeleted = (id: string, time: string) =>
  `<record><header status="deleted"><identifier>oai:x:${id}</identifier><datestamp>${time}</datestamp></header></record>`;
const list = (...parts: string[]) => ({ body: OAI(`<ListRecords>${parts.join('')}</ListRecords>`) });
const token = (text: string) => `<resumptionToken>${text}</resumptionToken>`;

const iiifCollection = (...paths: string[]) => ({
  type: 'Collection',
  items: paths.map((path) => ({ id: at(path), type: 'Manifest' })),
});

/** Objects of the OAI records 1, 2 and 3. */
const [ONE, TWO, THREE] = ['site-oai-x-1-6d18af6fb7', 'site-oai-x-2-ee114d074c', 'site-oai-x-3-7093239906'];
const manifest = (path: string) => ({
  body: { '@context': 'http://iiif.io/api/presentation/3/context.json', id: at(path), type: 'Manifest', label: { en: [path] }, items: [] },
});

const FIRST = '/oai?verb=ListRecords&metadataPrefix=oai_dc';
const WHOLE_EACH_TIME = { wholeWalkEvery: 0.001 };

/** The least that Excel takes for a workbook. */
function workbook(rows: readonly (readonly (string | number)[])[], last?: string): Buffer {
  const cell = (value: string | number, at: string) =>
    typeof value === 'number' ? `<c r="${at}"><v>${value}</v></c>` : `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const cells = (row: readonly (string | number)[], n: number) => row.map((value, c) => cell(value, `${'ABC'[c]}${n + 1}`)).join('');
  const far = last === undefined ? '' : `<row r="${last.replace(/\D/g, '')}">${cell('x', last)}</row>`;
  const sheet = `${rows.map((row, n) => `<row r="${n + 1}">${cells(row, n)}</row>`).join('')}${far}`;
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return Buffer.from(
    zipSync({
      '[Content_Types].xml': strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
      'xl/workbook.xml': strToU8(
        `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      'xl/_rels/workbook.xml.rels': strToU8(
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      'xl/worksheets/sheet1.xml': strToU8(`<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`),
    }),
  );
}

const table: readonly Row[] = [
  {
    source: 'OAI-PMH with tokens: what was deleted is told; afterwards only what changed since is asked for, with its ties',
    addresses: ['/oai'],
    definition: { kind: 'oai-pmh' },
    looks: [
      {
        site: {
          '/oai?verb=Identify': identify('persistent'),
          [FIRST]: list(oaiRecord('1', '2024-01-01T00:00:00Z', 'Öl &amp; Kreide'), token('a/b &amp; c')),
          '/oai?verb=ListRecords&resumptionToken=a%2Fb+%26+c': list(
            oaiRecord('2', '2024-01-02T00:00:00Z', 'two'),
            oaiDeleted('3', '2024-01-02T00:00:00Z'),
            token(''),
          ),
        },
        events: [`harvested ${ONE}`, `harvested ${TWO}`],
        outcomes: { created: 2, 'not-here': 1 },
        activities: { listed: 2, deleted: 1 },
        copies: {
          'oai:x:1':
            /^<oai_dc:dc(?=[^>]* xmlns:dc="http:\/\/purl.org\/dc\/elements\/1.1\/")[^>]*><dc:title>Öl &amp; Kreide<\/dc:title><\/oai_dc:dc>$/,
        },
        level: 2,
      },
      {
        site: { [`${FIRST}&from=2024-01-02T00%3A00%3A00Z`]: list(oaiRecord('2', '2024-01-03T00:00:00Z', 'two, again')) },
        events: [`harvested ${TWO}`],
        outcomes: { updated: 1 },
        copies: { 'oai:x:2': /two, again/ },
      },
      {
        site: {
          [`${FIRST}&from=2024-01-03T00%3A00%3A00Z`]: { body: OAI('<error code="noRecordsMatch">nothing</error>') },
        },
        events: [],
        activities: { listed: 1 },
      },
    ],
  },
  {
    source: 'OAI-PMH whose times are days, of a set and another format: a record that changes twice on a day is read twice',
    addresses: ['/oai'],
    definition: { kind: 'oai-pmh', oai: { prefix: 'lido', set: 'paintings' } },
    looks: [
      {
        site: {
          '/oai?verb=Identify': identify('no', 'YYYY-MM-DD'),
          '/oai?verb=ListRecords&metadataPrefix=lido&set=paintings': list(oaiRecord('1', '2024-01-02', 'morning')),
        },
        events: [`harvested ${ONE}`],
        copies: { 'oai:x:1': /morning/ },
        level: 1,
      },
      {
        site: {
          '/oai?verb=ListRecords&metadataPrefix=lido&set=paintings&from=2024-01-02': list(oaiRecord('1', '2024-01-02', 'evening')),
        },
        events: [`harvested ${ONE}`],
        copies: { 'oai:x:1': /evening/ },
      },
    ],
  },
  {
    source: 'OAI-PMH that tells deletions, of a set: a record that leaves the set is deleted nowhere, and is missed by a whole walk',
    addresses: ['/oai'],
    definition: { kind: 'oai-pmh', oai: { prefix: 'oai_dc', set: 'paintings' }, ...WHOLE_EACH_TIME },
    looks: [
      {
        site: {
          '/oai?verb=Identify': identify('persistent'),
          [`${FIRST}&set=paintings`]: list(
            oaiRecord('1', '2024-01-01T00:00:00Z', 'stays'),
            oaiRecord('2', '2024-01-01T00:00:00Z', 'leaves'),
          ),
        },
        events: [`harvested ${ONE}`, `harvested ${TWO}`],
        level: 1,
      },
      {
        site: { [`${FIRST}&set=paintings`]: list(oaiRecord('1', '2024-01-01T00:00:00Z', 'stays')) },
        events: [`withdrawn ${TWO}`],
        outcomes: { missed: 1 },
      },
    ],
  },
  {
    source: 'an API of JSON by a next link, whose records are whole in it, Linked Art at that; what is listed no longer is withdrawn',
    addresses: ['/api?page=1'],
    definition: { kind: 'api', api: { records: 'data', id: 'id', time: 'modified', next: 'links.next' }, ...WHOLE_EACH_TIME },
    looks: [
      {
        site: {
          '/api?page=1': { body: { data: [linkedArt(at('/r/a'), 'A'), { nothing: true }], links: { next: '/api?page=2' } } },
          '/api?page=2': { body: { data: linkedArt(at('/r/b'), 'B'), links: {} } },
        },
        events: ['harvested site-a', 'harvested site-b'],
        outcomes: { created: 2 },
        activities: { listed: 2, unusable: 1 },
        level: 0,
      },
      {
        site: { '/api?page=1': { body: { data: [linkedArt(at('/r/a'), 'A, renamed')], links: {} } } },
        events: ['harvested site-a', 'withdrawn site-b'],
        outcomes: { updated: 1, missed: 1 },
      },
    ],
  },
  {
    source: 'an API whose pages move while it is read: what it misses once it may have again; missed twice it is gone',
    addresses: ['/api?page={number}'],
    definition: { kind: 'api', api: { records: 'data', id: 'id' } },
    looks: [
      {
        site: {
          '/api?page=1': { body: { data: [linkedArt(at('/r/a'), 'A'), linkedArt(at('/r/b'), 'B')] } },
          '/api?page=2': { body: { data: [linkedArt(at('/r/c'), 'C')] } },
          '/api?page=3': { body: { data: [] } },
        },
        events: ['harvested site-a', 'harvested site-b', 'harvested site-c'],
      },
      { site: { '/api?page=2': { body: { data: [] } } }, events: [], outcomes: { 'missed-once': 1 } },
      { site: { '/api?page=2': { body: { data: [linkedArt(at('/r/c'), 'C')] } } }, events: [] },
      { site: { '/api?page=2': { body: { data: [] } } }, events: [], outcomes: { 'missed-once': 1 } },
      { site: {}, events: ['withdrawn site-c'], outcomes: { missed: 1 } },
    ],
  },
  {
    source: 'an API with very many empty pages before the last one, and a record that its expressions fail for',
    addresses: ['/api?page={number}'],
    definition: { kind: 'api', api: { records: 'data', id: 'id', time: '$string($toMillis(when))', next: 'next' } },
    looks: [
      {
        site: {
          ...Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`/api?page=${n + 1}`, { body: { next: `/api?page=${n + 2}` } }])),
          '/api?page=121': { body: { data: [linkedArt(at('/r/a'), 'A'), { ...linkedArt(at('/r/b'), 'B'), when: 'unknown' }] } },
        },
        events: ['harvested site-a'],
        activities: { listed: 1, unusable: 1 },
      },
    ],
  },
  {
    source: 'an API whose numbered pages end with 404, and that goes back to an older state: what it lists is so',
    addresses: ['/api/{number}'],
    definition: { kind: 'api', api: { records: 'data', id: 'id', time: 'when' } },
    looks: [
      { site: { '/api/1': { body: { data: [{ ...linkedArt(at('/r/a'), 'New'), when: '2024-05-01' }] } } }, events: ['harvested site-a'] },
      { site: { '/api/1': { body: { data: [{ ...linkedArt(at('/r/a'), 'Old'), when: '2024-04-01' }] } } }, events: ['harvested site-a'] },
    ],
  },
  {
    source: 'OAI-PMH with a datestamp far ahead: it freezes nothing',
    addresses: ['/oai'],
    definition: { kind: 'oai-pmh' },
    looks: [
      {
        site: {
          '/oai?verb=Identify': identify('persistent'),
          [FIRST]: list(oaiRecord('1', '2204-01-01T00:00:00Z', 'ahead'), oaiRecord('2', '2024-01-01T00:00:00Z', 'now')),
        },
        events: [`harvested ${ONE}`, `harvested ${TWO}`],
      },
      {
        site: { [`${FIRST}&from=2024-01-01T00%3A00%3A00Z`]: list(oaiRecord('3', '2024-01-02T00:00:00Z', 'later')) },
        events: [`harvested ${THREE}`],
        copies: { 'oai:x:3': /later/ },
      },
    ],
  },
  {
    source: 'a Collection with a member that is dead: those behind it are read, and nothing is taken for gone',
    addresses: ['/top'],
    definition: { kind: 'iiif' },
    looks: [
      {
        site: {
          '/top': { body: { type: 'Collection', items: ['/dead', '/one'].map((path) => ({ id: at(path), type: 'Collection' })) } },
          '/dead': { body: iiifCollection('/r/b') },
          '/one': { body: iiifCollection('/r/a') },
        },
        events: ['harvested site-a', 'harvested site-b'],
      },
      { site: { '/dead': { status: 404 } }, events: [], activities: { listed: 1, unusable: 1 } },
    ],
  },
  {
    source: 'two Collections as one source: what leaves one of them is gone where the other doesn’t name it either',
    addresses: ['/one', '/two'],
    definition: { kind: 'iiif' },
    looks: [
      {
        site: {
          '/one': { body: iiifCollection('/r/a', '/r/b', '/r/c') },
          '/two': { body: iiifCollection('/r/b') },
        },
        events: ['harvested site-a', 'harvested site-b', 'harvested site-c'],
      },
      { site: { '/one': { body: iiifCollection('/r/a') } }, events: ['withdrawn site-c'], outcomes: { missed: 1 } },
    ],
  },
  {
    source: 'an API of XML by a number in its address, whose records are read elsewhere',
    addresses: ['/api.xml?offset={number}'],
    definition: {
      kind: 'api',
      api: { records: 'result.item', id: '"" & `@nr`', record: '"/r/" & name', from: 0, step: 2 },
    },
    looks: [
      {
        site: {
          '/api.xml?offset=0': { body: '<result><item nr="7"><name>a</name></item><item nr="8"><name>b</name></item></result>' },
          '/api.xml?offset=2': { body: '<result><item nr="9"><name>c</name></item></result>' },
          '/api.xml?offset=4': { body: '<result/>' },
        },
        events: ['harvested site-7', 'harvested site-8', 'harvested site-9'],
      },
    ],
  },
  {
    source: 'a IIIF Collection of 3, one of 2 in it, and that one in itself',
    addresses: ['/top'],
    definition: { kind: 'iiif' },
    looks: [
      {
        site: {
          '/top': {
            body: {
              '@context': 'http://iiif.io/api/presentation/3/context.json',
              id: at('/top'),
              type: 'Collection',
              items: [
                { id: at('/m/1'), type: 'Manifest' },
                { id: at('/old'), type: 'Collection' },
                { id: at('/top'), type: 'Collection' },
                { type: 'Manifest' },
              ],
            },
          },
          '/old': {
            body: {
              '@id': at('/old'),
              '@type': 'sc:Collection',
              collections: [{ '@id': at('/old'), '@type': 'sc:Collection' }],
              manifests: [{ '@id': at('/m/2'), '@type': 'sc:Manifest' }, at('/m/3')],
            },
          },
          ...Object.fromEntries(['1', '2', '3'].map((n) => [`/m/${n}`, manifest(`/m/${n}`)])),
        },
        events: ['harvested site-1', 'harvested site-2', 'harvested site-3'],
        activities: { listed: 3, unusable: 1 },
      },
    ],
  },
  {
    source: 'a manifest is a collection of itself',
    addresses: ['/m/1'],
    definition: { kind: 'iiif' },
    looks: [
      {
        site: {
          '/m/1': {
            body: { '@context': 'http://iiif.io/api/presentation/2/context.json', '@id': at('/m/1'), '@type': 'sc:Manifest', label: 'Old' },
          },
        },
        events: ['harvested site-1'],
      },
    ],
  },
  {
    source: 'a CSV as Excel writes it: semicolons, Windows-1252, quotes, a line without its id, an id twice',
    addresses: ['/t.csv'],
    definition: { kind: 'table' },
    looks: [
      {
        site: {
          '/t.csv': {
            body: Buffer.from(
              'Titel;Inventarnummer;Maße, gesamt;Titel\r\nMädchen;A-1;"12,5; 3";x\r\n;A-2;"zwei\r\nZeilen";\r\nohne;;;\r\nzweimal;A-1;;\r\n\r\n',
              'latin1',
            ),
            headers: { 'content-type': 'text/csv' },
          },
        },
        events: ['harvested site-a-1-bc4e7be982', 'harvested site-a-2-ca3f3bb17b'],
        activities: { listed: 2, unusable: 1 },
        copies: {
          'A-1':
            /"rows":\[\{"Titel":"Mädchen","Inventarnummer":"A-1","Maße, gesamt":"12,5; 3","Titel \(2\)":"x"\},\{"Titel":"zweimal","Inventarnummer":"A-1"\}\]/,
          'A-2': /zwei\\r\\nZeilen/,
        },
        level: 0,
      },
      { site: {}, events: [], activities: { listed: 2 } },
    ],
  },
  {
    source: 'a CSV with sep=, a byte order mark, and a column that is named as the id',
    addresses: ['/t.csv'],
    definition: { kind: 'table', table: { id: 'no' } },
    looks: [
      {
        site: { '/t.csv': { body: '\uFEFFsep=|\nid|no\nx|1\ny|2\n' } },
        events: ['harvested site-1', 'harvested site-2'],
        copies: { '1': /"x"/, '2': /"y"/ },
      },
    ],
  },
  {
    source: 'a CSV of UTF-16, as "Unicode text", with tabs',
    addresses: ['/t.csv'],
    definition: { kind: 'table' },
    looks: [
      {
        site: { '/t.csv': { body: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('id\ttitle\n1\tЮлия\n', 'utf16le')]) } },
        events: ['harvested site-1'],
        copies: { '1': /Юлия/ },
      },
    ],
  },
  {
    source: 'an XLSX',
    addresses: ['/t.xlsx'],
    definition: { kind: 'table' },
    looks: [
      {
        site: {
          '/t.xlsx': {
            body: workbook([
              ['Accession number', 'Title', 'Height'],
              ['1990.1', 'Still life', 12.5],
              [1991, 'Landscape', 3],
            ]),
          },
        },
        events: ['harvested site-1990.1', 'harvested site-1991'],
        copies: { '1990.1': /"Height":"12.5"/, '1991': /Landscape/ },
      },
    ],
  },
  {
    source: 'a Collection of thousands on one page',
    addresses: ['/top'],
    definition: { kind: 'iiif', atOnce: 32 },
    looks: [
      {
        site: { '/top': { body: iiifCollection(...Array.from({ length: 2100 }, (_, n) => `/r/${n}`)) } },
        events: Array.from({ length: 2100 }, (_, n) => `harvested site-${n}`),
        outcomes: { created: 2100 },
      },
    ],
  },
  {
    source: 'a table of more rows than a page holds',
    addresses: ['/t.csv'],
    definition: { kind: 'table' },
    looks: [
      {
        site: { '/t.csv': { body: `id,title\n${Array.from({ length: 1203 }, (_, n) => `${n},t`).join('\n')}\n` } },
        events: Array.from({ length: 1203 }, (_, n) => `harvested site-${n}`),
        outcomes: { created: 1203 },
      },
    ],
  },
];

async function copyOf({ stores, adapters }: Site, id: string): Promise<string> {
  const record = await stores.records.get(recordKey('site', id));
  const copy = record?.copies?.[0];
  return copy ? String(await adapters.blobs.read(copy.key)) : `no copy of ${id}: ${JSON.stringify(record)}`;
}

suite('what lists records and is no activity stream', () => {
  for (const { source, addresses, definition, looks } of table)
    test(source, () =>
      withSite({ streams: addresses, definition }, async (site) => {
        const { answers, look, report } = site;
        for (const [n, { site: answering, events, outcomes = {}, activities = {}, copies = {}, level }] of looks.entries()) {
          for (const [path, answer] of Object.entries(answering)) answers.set(path, answer);
          assert.deepEqual((await look()).toSorted(), events.toSorted(), `look ${n + 1}`);
          const run = await report();
          const fault = (await site.stores.sources.get('site'))?.fault;
          assert.equal(fault, undefined, `look ${n + 1}: ${JSON.stringify(fault)}`);
          for (const [of, counts] of [
            ['outcomes', outcomes],
            ['activities', activities],
          ] as const)
            for (const [code, count] of Object.entries(counts))
              assert.equal(
                run?.[of].find(({ name }) => name === code)?.count ?? 0,
                count,
                `look ${n + 1}: ${code} of ${JSON.stringify(run?.[of])}`,
              );
          for (const [id, copy] of Object.entries(copies)) assert.match(await copyOf(site, id), copy);
          if (level !== undefined) assert.equal(run?.streams[0]?.level, level);
        }
      }),
    );
});

test('what no mapping read is mapped when a release reads it, without asking anybody', () =>
  withSite({ streams: ['/api'], definition: { kind: 'api', api: { records: 'data', id: 'id' } } }, async (site) => {
    const { answers, look, stores, adapters } = site;
    answers.set('/api', {
      body: {
        data: [
          { id: 'A-1', title: 'Vase' },
          { id: 'A-2', title: 'Bowl' },
        ],
      },
    });
    assert.deepEqual(await look(), []);
    // As if its records could be read by now: one of our copies is what a mapping reads.
    const body = Buffer.from(JSON.stringify(linkedArt('A-1', 'Vase')));
    const ref = await adapters.blobs.put('harvester/raw/test', body);
    await stores.records.update(recordKey('site', 'A-1'), (record) => record && { ...record, copies: [{ ...ref, at: 0 }] });
    await stores.sources.update('site', (source) => source && { ...source, mappedBy: 'a former release' });
    answers.delete('/api');
    assert.equal((await look()).length, 1);
    assert.equal((await stores.records.get(recordKey('site', 'A-1')))?.object?.startsWith('site-'), true);
    assert.deepEqual(await look(), [], 'once');
  }));

test('a table that is another one when an interrupted walk goes on is read from its beginning: no row is passed over, and none is missed', () =>
  withSite({ streams: ['/t.csv'], definition: { kind: 'table' } }, async ({ base, answers, look, report, stores }) => {
    const rows = (from: number) => `id,title\n${Array.from({ length: 1200 }, (_, n) => `${from + n},t`).join('\n')}\n`;
    answers.set('/t.csv', { body: rows(0) });
    await look();
    const before = await report();
    assert.ok(before);
    // As if the process had died at the second page of a run, and rows had been put before the others meanwhile.
    const [stream] = (await stores.sources.get('site'))?.streams ?? [];
    assert.ok(stream?.head);
    const walk = {
      stream: 0,
      next: `${base}/t.csv#${'0'.repeat(64)},500`,
      link: 'next' as const,
      forward: false,
      head: stream.head,
      onlyDelete: false,
      passed: false,
      level: 0 as const,
      isFirst: false,
      met: { address: '', steps: 0, lap: 1, says: '', same: 0 },
    };
    const { endedAt: _, ...run } = before;
    await stores.runs.update('site:9', () => ({
      ...run,
      outcomes: [],
      activities: [],
      state: 'walking',
      ahead: [],
      whole: [0],
      walk,
      startedAt: 9,
    }));
    await stores.sources.update('site', (source) => source && { ...source, run: 'site:9' });
    answers.set('/t.csv', { body: rows(-600) });
    await look();
    const { outcomes, activities } = (await stores.runs.get('site:9')) ?? {};
    assert.deepEqual(activities, [{ name: 'listed', count: 1200 }]);
    assert.equal(outcomes?.find(({ name }) => name === 'missed')?.count, 600, 'those that are truly gone, and no others');
  }));

const emptied: readonly { what: string; definition: Omit<SourceDefinition, 'addresses'>; full: Answer; empty: Answer }[] = [
  {
    what: 'an API that answers that a quota is spent',
    definition: { kind: 'api', api: { records: 'data', id: 'id' } },
    full: { body: { data: [linkedArt(at('/r/a'), 'A')] } },
    empty: { body: { error: 'quota exceeded' } },
  },
  {
    what: 'a Collection without members',
    definition: { kind: 'iiif' },
    full: { body: iiifCollection('/r/a') },
    empty: { body: iiifCollection() },
  },
  { what: 'a table without rows', definition: { kind: 'table' }, full: { body: 'id\n1\n' }, empty: { body: 'id\n' } },
];

suite('what lists nothing all of a sudden is a fault, also when all is read anew: nothing is taken for gone', () => {
  for (const { what, definition, full, empty } of emptied)
    test(what, () =>
      withSite({ streams: ['/x'], definition: { ...definition, ...WHOLE_EACH_TIME } }, async ({ answers, look, stores }) => {
        answers.set('/x', full);
        await look();
        const before = await stores.objects.list({ limit: 10 });
        answers.set('/x', empty);
        assert.deepEqual(await look(), []);
        assert.equal((await stores.sources.get('site'))?.fault?.code, 'source-unreachable');
        assert.deepEqual(await stores.objects.list({ limit: 10 }), before);
        answers.set('/x', full);
        await look();
        assert.equal((await stores.sources.get('site'))?.fault, undefined);
      }),
    );
});

test('a source that is defined anew while it is walked is read anew: the walk that was under way ends without a word', () =>
  withSite({ streams: ['/top'], definition: { kind: 'iiif' } }, async ({ answers, look, stores }) => {
    answers.set('/top', { body: { type: 'Collection', items: ['/one', '/two'].map((path) => ({ id: at(path), type: 'Collection' })) } });
    answers.set('/one', { body: iiifCollection('/r/a') });
    answers.set('/two', { body: iiifCollection('/r/b'), delay: 500 });
    const looked = look();
    await until('it is walked', async () => (await stores.sources.get('site'))?.run !== undefined);
    await stores.sources.update('site', (source) => source && redefined(source, { ...source.definition, paths: ['nowhere'] }, 'settings'));
    await looked;
    await until('it was walked again', async () => ((await stores.sources.get('site'))?.streams ?? []).length === 1);
    const states: string[] = [];
    for await (const { value } of stores.runs.all()) states.push(value.state);
    assert.deepEqual(states, ['walking', 'done'], 'the first has not ended');
    const [, second] = (await stores.runs.list({ limit: 2 })).items;
    assert.deepEqual(second?.value.activities, [{ name: 'ignored', count: 2 }]);
  }));

test('very large tables and documents of XML are read in time, and without much room', async () => {
  const rows = 200_000;
  assert.equal(readCsv(Buffer.from(`id\n${'1\n'.repeat(rows)}`), 'x').rows.length, rows);
  const root = xmlTree(Buffer.from(`<r>${'<a/>'.repeat(80_000)}</r>`), 'x');
  const began = performance.now();
  assert.equal(Reflect.get(Object(xmlAsJson(root)), 'a').length, 80_000);
  assert.ok(performance.now() - began < 2000);
  const element = xmlTree(Buffer.from('<r xmlns="urn:r" xmlns:p="urn:p"><p:a q=">" xmlns="urn:own"><b/></p:a></r>'), 'x').children[0];
  assert.ok(element);
  assert.equal(asDocument(element), '<p:a xmlns:p="urn:p" q=">" xmlns="urn:own"><b/></p:a>');
});

const refused: readonly { what: string; kind: NonNullable<SourceDefinition['kind']>; body: string | Buffer; says: RegExp }[] = [
  { what: 'HTML instead of OAI-PMH', kind: 'oai-pmh', body: '<html><body>log in</body></html>', says: /html, not OAI-PMH/ },
  { what: 'XML that ends early', kind: 'oai-pmh', body: '<OAI-PMH><a>', says: /unclosed tag/ },
  { what: 'entities that grow', kind: 'oai-pmh', body: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', says: /DOCTYPE/ },
  { what: 'XML that is nested deep', kind: 'oai-pmh', body: '<a>'.repeat(200), says: /nested deeper/ },
  { what: 'an empty table', kind: 'table', body: '\n\n', says: /is empty/ },
  { what: 'a table that is a bomb', kind: 'table', body: bomb(), says: /more than 200000000/ },
  { what: 'a table of one cell, the very last', kind: 'table', body: workbook([['id']], 'XFD1048576'), says: /cells large/ },
  {
    what: 'more namespaces than anybody needs',
    kind: 'oai-pmh',
    body: `<a ${Array.from({ length: 5000 }, (_, n) => `xmlns:n${n}="x"`).join(' ')}>${'<a/>'.repeat(50_000)}</a>`,
    says: /namespaces/,
  },
  { what: 'a ZIP file that is no workbook', kind: 'table', body: Buffer.from(zipSync({ 'a.txt': strToU8('a') })), says: /as a workbook/ },
  { what: 'something else than a collection', kind: 'iiif', body: '{"type":"Canvas"}', says: /type Canvas/ },
  { what: 'no JSON', kind: 'iiif', body: 'nothing', says: /not JSON/ },
  { what: 'an API that answers nothing of use', kind: 'api', body: 'nothing', says: /neither JSON nor XML/ },
];

/** A small file that says that it is very large. */
function bomb(): Buffer {
  return Buffer.from(zipSync({ 'xl/workbook.xml': new Uint8Array(300_000_000) }, { level: 1 }));
}

suite('a listing that can’t be read is a fault of its source, and withdraws nothing', () => {
  for (const { what, kind, body, says } of refused)
    test(what, () =>
      withSite(
        { streams: ['/x'], definition: { kind, ...(kind === 'api' ? { api: { records: 'data', id: 'id' } } : {}) } },
        async ({ answers, look, stores }) => {
          for (const path of ['/x', '/x?verb=Identify']) answers.set(path, { body });
          await look();
          const { fault } = (await stores.sources.get('site')) ?? {};
          assert.equal(fault?.code, 'listing-invalid');
          assert.match(fault?.detail ?? '', says);
        },
      ),
    );
});

suite('a folder of images', () => {
  const old = new Date('2024-01-01T00:00:00Z');

  async function withFolder(files: Record<string, string | Buffer>, run: (site: Site, folder: string, write: typeof put) => Promise<void>) {
    const folder = await temporaryFolder();
    const images = join(folder.path, 'images');
    const put = async (name: string, body: string | Buffer, modified = old) => {
      const path = join(images, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, body);
      await utimes(path, modified, modified);
    };
    await mkdir(images);
    for (const [name, body] of Object.entries(files)) await put(name, body);
    try {
      await withSite({ streams: [pathToFileURL(images).href], definition: { kind: 'folder' } }, (site) => run(site, images, put));
    } finally {
      await folder.remove();
    }
  }
  const put = async (_name: string, _body: string | Buffer, _modified?: Date) => {};

  const titles = async ({ stores, adapters }: Site) => {
    const found: Record<string, string[]> = {};
    for await (const { value } of stores.objects.all()) {
      if (value.state !== 'present') continue;
      const { name, files, fields } = JSON.parse(String(await adapters.blobs.read(value.record.key)));
      const title = fields.find(({ column }: { column: string }) => column === 'Title')?.value;
      found[title ?? name] = files.map(({ path }: { path: string }) => path);
    }
    return found;
  };

  test('each image is an object; hidden, foreign and other files are none', () =>
    withFolder(
      {
        'a.tif': 'a',
        'deep/Ein Bild.JPG': 'b',
        '.hidden.jpg': 'x',
        'Thumbs.db': 'x',
        'notes.txt': 'x',
        'camera.heic': 'x',
        'settings.json': '{}',
      },
      async (site) => {
        assert.equal((await site.look()).length, 2);
        assert.deepEqual(await titles(site), { a: ['a.tif'], 'Ein Bild': ['deep/Ein Bild.JPG'] });
        assert.equal((await site.report())?.activities.find(({ name }) => name === 'unusable')?.count, 1, 'camera.heic is told');
        assert.deepEqual(await site.look(), [], 'nothing changed');
      },
    ));

  test('what is changed, added, renamed and taken away is met at the next look', () =>
    withFolder({ 'a.tif': 'a', 'b.tif': 'b' }, async (site, folder, write) => {
      await site.look();
      await write('a.tif', 'another');
      await write('c.tif', 'c');
      await rename(join(folder, 'b.tif'), join(folder, 'd.tif'));
      assert.deepEqual((await site.look()).map((event) => event.replace(/-[0-9a-f]{10}$/, '')).toSorted(), [
        'harvested site-a.tif',
        'harvested site-c.tif',
        'harvested site-d.tif',
        'withdrawn site-b.tif',
      ]);
    }));

  test('a table names them, joins files of one object, and says which rows have none', () =>
    withFolder(
      {
        'IMG_1.tif': '1',
        'img_2.TIF': '2',
        'B-7_recto.tif': '3',
        'B-7_verso.tif': '4',
        'B-77.tif': '5',
        'alone.tif': '6',
        'list.csv': 'Inventory no;Title;Files\nA-1;Two sides;IMG_1.tif | IMG_2.tif\nB-7;By its name;\nC-9;Nowhere;\nD-1;Lost;lost.tif\n',
      },
      async (site) => {
        await site.look();
        assert.deepEqual(await titles(site), {
          'Two sides': ['IMG_1.tif', 'img_2.TIF'],
          'By its name': ['B-7_recto.tif', 'B-7_verso.tif'],
          'B-77': ['B-77.tif'],
          alone: ['alone.tif'],
        });
        assert.equal((await site.report())?.activities.find(({ name }) => name === 'unusable')?.count, 2);
      },
    ));

  test('one that is empty all of a sudden, or away, is a fault: nothing is withdrawn', () =>
    withFolder({ 'a.tif': 'a' }, async (site, folder) => {
      await site.look();
      await rm(join(folder, 'a.tif'));
      assert.deepEqual(await site.look(), []);
      assert.equal((await site.stores.sources.get('site'))?.fault?.code, 'source-unreachable');
      await rm(folder, { recursive: true });
      assert.deepEqual(await site.look(), []);
      assert.match((await site.stores.sources.get('site'))?.fault?.detail ?? '', /ENOENT/);
    }));

  test('manifests that somebody made by hand are objects; one without a label is told', () =>
    withFolder(
      {
        'm.json': JSON.stringify({
          '@context': 'http://iiif.io/api/presentation/3/context.json',
          id: 'https://x.example/m',
          type: 'Manifest',
          label: { en: ['By hand'] },
          items: [],
        }),
        'n.json': JSON.stringify({
          '@context': 'http://iiif.io/api/presentation/3/context.json',
          id: 'https://x.example/n',
          type: 'Manifest',
        }),
      },
      async (site) => {
        assert.deepEqual(await site.look(), ['harvested site-m']);
        assert.equal((await site.report())?.outcomes.find(({ name }) => name === 'record-invalid')?.count, 1);
        assert.match(await copyOf(site, 'https://x.example/m'), /Manifest/);
      },
    ));
});
