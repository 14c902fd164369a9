import { isNode } from '@vitrine/mapping/json-node.ts';
import { LINKED_ART_VERSION } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { failure } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { copyTexts } from './copy-texts.ts';
import { canonicalHash } from './domain/canonical-hash.ts';
import { readRecord } from './domain/read-record.ts';
import { type FetchDocument, keepRawCopy, validatorsOf } from './fetch-document.ts';
import type { MappedRecords } from './mapped-records.ts';
import { mintId, mintImageIds } from './mint-id.ts';
import { activityFacts, type ObjectWriter } from './object-writer.ts';
import type { ObjectDocument, RecordDocument, Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const ACCEPT =
  'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json", application/ld+json;q=0.9, application/json;q=0.8, application/xml;q=0.5, */*;q=0.1';
/** Raw copies kept of a record, the newest first. */
const VERSIONS = 5;

/** An activity that wants a record read. */
export type Wanted = { readonly type: string; readonly time: number | undefined; readonly object: string; readonly record?: string };

/** What came of a record: its outcome, what to note of it, the faults of its texts, whether it has any, and why its object is to be withdrawn. */
export type Included = {
  readonly outcome: Outcome;
  readonly record: Partial<RecordDocument>;
  readonly faults: readonly Problem[];
  readonly texts: boolean;
  readonly withdraw?: string;
};

export type IncludeRecord = (wanted: Wanted, known: RecordDocument | undefined, walk: Walk, cause: Cause) => Promise<Included>;

type Deps = { stores: Stores; fetch: FetchDocument; blobs: Blobs; records: MappedRecords; writer: ObjectWriter; now: () => Date };

/** Fetches a record and its texts, keeps raw copies, and raises its object's revision where something changed. */
export function includeRecord({ stores, fetch, blobs, records, writer, now }: Deps): IncludeRecord {
  return async (wanted, known, walk, cause) => {
    const { settings } = walk;
    const ask: FetchDocument = (...asked) => walk.limit.run(() => fetch(...asked), walk.signal);
    const former = known?.object === undefined ? undefined : await stores.objects.get(known.object);
    // A record that failed, or whose object is withdrawn, is read whole: what its ETag stood for was not kept.
    const validators = known?.state === 'present' && former?.state !== 'withdrawn' ? validatorsOf(known) : {};
    const address = wanted.record ?? known?.record ?? wanted.object;
    const fetched = await ask(address, ACCEPT, validators, walk.signal);
    if (fetched.status === 'gone') {
      const withdraw = settings.gone === 'withdraw' ? { withdraw: '410 Gone' } : {};
      return { ...quiet({ state: 'gone' }), outcome: { code: 'gone' }, ...withdraw };
    }
    if (fetched.status === 'missing') return missing(address, known, walk, now().getTime());
    const copy = fetched.status === 'found' ? await keepRawCopy(blobs, fetched.body) : former?.record;
    const elsewhere = wanted.record === undefined ? {} : { record: wanted.record };
    const seen = {
      ...elsewhere,
      ...(fetched.status === 'found' ? { ...validatorsOf(fetched), copies: copiesOf(known, copy, now()) } : validators),
    };
    if (!copy) return { ...quiet({ ...seen, state: 'present' }), outcome: { code: 'unchanged' } };

    const body = fetched.status === 'found' ? fetched.body : await blobs.read(copy.key);
    const read = readRecord(body, fetched.status === 'found' ? fetched.contentType : undefined, address);
    // Our copy waits for a mapping that reads it.
    if (!read.format)
      return {
        ...quiet({ ...seen, state: 'present' }),
        outcome: failure(new Problem('mapping-missing', { detail: `${address}: ${read.what}` })),
      };
    const { content } = read;
    const mapped = await records.mapped(copy.key, content);
    if (!mapped) {
      const type = isNode(content) ? String(content['type']) : '';
      // A record that was an object and says now that it is something else takes its object off the web.
      const withdraw = known?.object === undefined ? {} : { withdraw: `now a ${type}` };
      return { ...quiet({ ...seen, state: 'present' }), outcome: { code: 'not-an-object', detail: type }, ...withdraw };
    }
    const object = known?.object ?? (await mintId(stores.ids, { kind: 'object', owner: walk.source, sourceId: wanted.object }));
    const images = await mintImageIds(stores.ids, object, mapped.images);
    const addresses = [...new Set(mapped.images.flatMap((image) => image.text.map((text) => text.address)))];
    const { copies, faults } = await copyTexts(addresses, former?.texts ?? [], { fetch: ask, blobs, signal: walk.signal });
    const next = {
      source: walk.source,
      fence: walk.lease.fence,
      state: 'present' as const,
      reason: '',
      address: wanted.object,
      record: copy,
      content: canonicalHash(content),
      mappingVersion: LINKED_ART_VERSION,
      texts: copies,
      images,
      activity: activityFacts(wanted),
    };
    let code = 'unchanged';
    await writer.write(object, walk, cause, (current) => {
      const changed = !current || fingerprint(current) !== fingerprint(next);
      code = !current ? 'created' : changed ? 'updated' : 'unchanged';
      // An equal record keeps its former copy: only white space or the order of keys differs.
      return { ...next, record: changed || !current ? copy : current.record, revision: (current?.revision ?? 0) + (changed ? 1 : 0) };
    });
    return { outcome: { code }, record: { ...seen, object, state: 'present' }, faults, texts: addresses.length > 0 };
  };
}

const quiet = (record: Partial<RecordDocument>) => ({ record, faults: [], texts: false });

/** Change Discovery 1.0, 4.2: what can't be read is not thereby deleted. It is a suspicion, and after days of grace a fact. */
function missing(address: string, known: RecordDocument | undefined, { settings }: Walk, time: number): Included {
  const since = known?.missingSince ?? time;
  const detail = `${address} answers 404${since < time ? ` since ${new Date(since).toISOString()}` : ''}`;
  if (time - since < settings.missingFor) {
    const fault = new Problem('source-unreachable', { detail });
    return {
      ...quiet({ missingSince: since, state: known?.state ?? 'failed' }),
      outcome: { code: fault.code, detail, failed: true },
      faults: [fault],
    };
  }
  const withdraw = settings.missing === 'withdraw' && known?.object !== undefined ? { withdraw: detail } : {};
  return { ...quiet({ missingSince: since, state: 'failed' }), outcome: { code: 'record-missing', detail, failed: true }, ...withdraw };
}

type Copies = NonNullable<RecordDocument['copies']>;

function copiesOf(known: RecordDocument | undefined, copy: Omit<Copies[number], 'at'> | undefined, at: Date): Copies {
  const copies = known?.copies ?? [];
  if (!copy || copies[0]?.sha256 === copy.sha256) return copies;
  return [{ ...copy, at: at.getTime() }, ...copies].slice(0, VERSIONS);
}

/** What a revision stands for: the source's bytes, the mapping's version, the object's existence (R3). */
function fingerprint({
  state,
  content,
  mappingVersion,
  texts,
}: Pick<ObjectDocument, 'state' | 'content' | 'mappingVersion' | 'texts'>): string {
  return JSON.stringify([state, content, mappingVersion, texts.map(({ address, blob }) => [address, blob.sha256])]);
}
