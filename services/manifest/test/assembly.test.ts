import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import fc from 'fast-check';
import pino from 'pino';
import { createManifestService } from '../src/service.ts';
import { openStores } from '../src/stores.ts';
import { image, objectOf, PUBLIC_URL } from './museum-object-of.ts';

const BLOB = { key: 'x', sha256: 'a'.repeat(64), bytes: 1 };
type Happened = { readonly type: string; readonly subject: string; readonly data: object };

const harvested = (revision: number, images: readonly string[], title = 'The Whale'): Happened => ({
  type: 'object.harvested',
  subject: 'o',
  data: {
    object: 'o',
    revision,
    source: 'museum',
    record: { address: 'https://m.example/o', blob: BLOB },
    mapping: { format: 'linked-art', version: 1 },
    activity: { type: 'Update' },
    museumObject: objectOf(
      images.map((name) => image(name)),
      { label: { en: [title] } },
    ),
  },
});
const withdrawn = (revision: number): Happened => ({
  type: 'object.withdrawn',
  subject: 'o',
  data: { object: 'o', revision, source: 'museum', reason: 'Delete' },
});
const converted = (name: string, revision: number): Happened => ({
  type: 'image.converted',
  subject: `o-${name}`,
  data: {
    image: `o-${name}`,
    object: 'o',
    revision,
    derivative: BLOB,
    version: String(revision).padStart(10, 'a'),
    superseded: [],
    width: 400,
    height: 300,
    tile: { width: 256, height: 256 },
    levels: [{ width: 400, height: 300 }],
    page: 1,
    pages: 1,
    master: { sha256: 'b', format: 'image/tiff' },
    report: BLOB,
  },
});
const rejected = (name: string, revision: number): Happened => ({
  type: 'image.rejected',
  subject: `o-${name}`,
  data: { image: `o-${name}`, object: 'o', revision, code: 'master-undecodable', detail: 'x' },
});

/** What is published in the end of events that come in some order. */
async function after(events: readonly Happened[]) {
  const folder = await temporaryFolder();
  const adapters = await openEmbedded(folder.path);
  try {
    const service = await createManifestService({
      ...adapters,
      publish: createPublisher('manifest', adapters),
      log: pino({ level: 'silent' }),
      now: () => new Date(0),
      publicUrl: PUBLIC_URL,
      accessMode: 'open',
      instance: 'test',
      outbound: { post: async () => assert.fail('nobody is told') },
      wait: 600_000,
    });
    const handlers = service.subscriptions.flatMap((subscription) => subscription.handlers);
    let detail: string | undefined;
    for (const { type, subject, data } of events) {
      const handler = handlers.find(({ contract }) => contract.type === type);
      const outcome = await handler?.handle(
        { id: `${subject}-${JSON.stringify(data).length}`, type, source: '/test', subject, data: JSON.stringify(data) },
        data,
        {
          signal: new AbortController().signal,
          replayed: false,
        },
      );
      detail = outcome?.detail;
    }
    const publication = await (await openStores(adapters.documents)).publications.get('o');
    await service.close();
    return (
      publication && {
        state: publication.state,
        sha256: publication.state === 'published' ? publication.sha256 : '',
        images: publication.images,
        detail,
      }
    );
  } finally {
    await closeAdapters(adapters);
    await folder.remove();
  }
}

/** What happened, in its own order. */
const stories: readonly (readonly [string, readonly Happened[]])[] = [
  ['an object with its images', [harvested(1, ['a', 'b']), converted('a', 1), converted('b', 1)]],
  ['one of which is rejected', [harvested(1, ['a', 'b']), converted('a', 1), rejected('b', 1)]],
  ['new pixels and another title', [harvested(1, ['a']), converted('a', 1), converted('a', 2), harvested(2, ['a'], 'Moby-Dick')]],
  [
    'an image that goes and one that comes',
    [harvested(1, ['a', 'b']), converted('a', 1), converted('b', 1), converted('c', 1), harvested(2, ['c', 'a'])],
  ],
  ['withdrawn, and created again', [harvested(1, ['a']), converted('a', 1), withdrawn(2), harvested(3, ['a'], 'Again')]],
  ['withdrawn', [harvested(1, ['a']), converted('a', 1), withdrawn(2)]],
];

test('the outcome names the image that was rejected, without which a manifest is published', async () => {
  const published = await after([harvested(1, ['a', 'b']), converted('a', 1), rejected('b', 1)]);
  assert.deepEqual([published?.images, published?.detail], [['o-a'], 'without rejected images: o-b']);
});

suite('in whatever order events come, and however often, the same is published in the end', () => {
  for (const [title, story] of stories)
    test(title, async () => {
      const expected = await after(story);
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2, maxLength: story.length * 2 }),
          async (order) => {
            const found = await after(order);
            // Who was withdrawn before anybody saw it was never published.
            if (expected?.state === 'withdrawn' && found === undefined) return;
            assert.deepEqual(
              found && { ...found, detail: '', images: found.state === 'published' ? found.images : [] },
              expected && { ...expected, detail: '', images: expected.state === 'published' ? expected.images : [] },
            );
          },
        ),
        { numRuns: 12 },
      );
    });
});
