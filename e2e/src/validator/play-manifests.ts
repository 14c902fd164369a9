import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { presentationFaults } from '@vitrine/manifest/domain/gate/presentation-faults.ts';
import { downgradeManifest } from '@vitrine/manifest/domain/presentation-2/downgrade-presentation.ts';
import { republishManifest } from '@vitrine/manifest/domain/republish-manifest.ts';
import type { ImageFacts } from '@vitrine/manifest/stores.ts';
import { asPresentation3 } from '@vitrine/mapping/iiif/as-presentation-3.ts';
import { isIiifManifest, mapIiifManifest } from '@vitrine/mapping/iiif/map-iiif-manifest.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import type { Tally } from '../tally.ts';

const execute = promisify(execFile);
const PUBLIC_URL = 'https://iiif.example';
const FOLDERS = ['cookbook', 'presentation-3', 'presentation-2', 'p2-good'];

type Deps = {
  readonly tally: Tally;
  readonly fixtures: string;
  readonly folder: string;
  readonly python: string;
  readonly published: readonly JsonNode[];
};

/** The reference libraries of PyPI read what is published: manifests that went through the line, and those of the fixtures as they are published again, in both versions. */
export async function playManifests({ tally, fixtures, folder, python, published }: Deps): Promise<void> {
  const manifests = [
    ...published.map((manifest, place) => [`published-${place + 1}`, manifest] as const),
    ...(await republished(fixtures)),
  ];
  const specifications = join(fixtures, '../specs');
  const contexts = JSON.stringify({
    'http://iiif.io/api/presentation/2/context.json': join(specifications, 'presentation-2.1/context.json'),
    'http://iiif.io/api/image/2/context.json': join(specifications, 'image-2.1/context.json'),
  });
  const official = process.env['PRESENTATION_VALIDATOR'];
  if (official === undefined) tally.say('left: the official validator, of which PRESENTATION_VALIDATOR would name a checkout');
  else await execute(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', official], { maxBuffer: 16 * 1024 * 1024 });
  for (const [version, library] of [
    [3, 'iiif-prezi3'],
    [2, 'iiif_prezi'],
  ] as const) {
    const into = join(folder, `manifests-${version}`);
    await mkdir(into);
    const files: string[] = [];
    for (const [name, manifest] of manifests) {
      const document = version === 3 ? manifest : downgradeManifest(manifest, PUBLIC_URL).document;
      if (!document) continue;
      const file = join(into, `${name}.json`);
      await writeFile(file, JSON.stringify(document));
      files.push(file);
    }
    await readBy({ tally, python, library, version, files }, ['validate-manifests.py', String(version), contexts]);
    if (official !== undefined)
      await readBy({ tally, python, library: 'the official validator', version, files }, [
        'validate-official.py',
        version === 3 ? '3.0' : '2.1',
        contexts,
      ]);
  }
}

type Reading = Pick<Deps, 'tally' | 'python'> & { readonly library: string; readonly version: 2 | 3; readonly files: readonly string[] };

async function readBy({ tally, python, library, version, files }: Reading, [script = '', ...words]: readonly string[]): Promise<void> {
  const { stdout } = await execute(python, [join(import.meta.dirname, script), ...words, ...files], { maxBuffer: 16 * 1024 * 1024 });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  for (const line of lines)
    if (isNode(line) && 'fault' in line) tally.failed(`${library} refuses ${basename(String(line['file']))}: ${String(line['fault'])}`);
  const read = lines.find((line) => isNode(line) && line['read'] === files.length);
  if (read && files.length > 100) tally.passed(`${library} reads ${files.length} manifests of Presentation ${version}`);
  else tally.failed(`${library} read ${JSON.stringify(lines.at(-1))}, not ${files.length}`);
}

async function republished(fixtures: string): Promise<readonly (readonly [string, JsonNode])[]> {
  const found: (readonly [string, JsonNode])[] = [];
  for (const folder of FOLDERS)
    for (const name of await readdir(join(fixtures, 'manifests', folder))) {
      const record: unknown = JSON.parse(await readFile(join(fixtures, 'manifests', folder, name), 'utf8'));
      if (!isNode(record) || !isIiifManifest(record)) continue;
      const document = asPublished(record);
      // What the gate stops is published by nobody.
      if (presentationFaults(document).length === 0) found.push([`${folder}-${name.replace(/\.json$/, '')}`, document]);
    }
  return found;
}

/** As we publish it once its images are there: those with a service stay where they are, the others are ours. */
function asPublished(record: JsonNode): JsonNode {
  const mapped = mapIiifManifest(record);
  const images = mapped.images.map((image, place) => ({ ...image, id: `o-${place + 1}` }));
  const facts = new Map(
    images.map(({ id, service }): [string, ImageFacts] => [
      id,
      {
        object: 'o',
        revision: 1,
        state: service ? 'described' : 'converted',
        width: 1000,
        height: 1000,
        version: 'aaaaaaaaaa',
        levels: [{ width: 1000, height: 1000 }],
        ...(service ? { service } : {}),
      },
    ]),
  );
  return republishManifest({ publicUrl: PUBLIC_URL, object: 'o', museumObject: { ...mapped, images }, facts }, asPresentation3(record))
    .document;
}
