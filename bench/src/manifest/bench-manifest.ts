import { randomUUID } from 'node:crypto';
import { buildManifest } from '@vitrine/manifest/domain/build-manifest.ts';
import { presentationFaults } from '@vitrine/manifest/domain/gate/presentation-faults.ts';
import { createManifestPublisher } from '@vitrine/manifest/publisher.ts';
import { openStores } from '@vitrine/manifest/stores.ts';
import { mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { type Figure, rounded } from '../figure.ts';
import { linkedArtRecord, manifestInput } from './bench-objects.ts';
import { rebuiltAfterMapping } from './bench-rebuild.ts';
import { servedManifests } from './bench-serving.ts';
import { updatesSeen } from './bench-updates.ts';

const SECONDS = 3;
const BOOK = 1000;
/** Manifests written, and how many at once: as many as the service's group handles. */
const WRITTEN = 6000;
const AT_ONCE = 64;

/** Manifests from what is known in memory to validated bytes, records to objects, and manifests into the embedded stores. */
export async function benchManifest(): Promise<Figure[]> {
  const [small, book] = [manifestInput(1, 3), manifestInput(2, BOOK)];
  const record = linkedArtRecord(3, 3);
  const raw = JSON.stringify(record);
  return [
    {
      name: 'manifests of 3 images built and validated a second, one core',
      value: rounded(
        perSecond(() => made(small)),
        0,
      ),
      at_least: 2000,
    },
    {
      name: `manifests of ${BOOK} pages built and validated a second, one core`,
      value: rounded(
        perSecond(() => made(book)),
        1,
      ),
      at_least: 20,
    },
    {
      name: 'Linked Art records mapped a second, one core',
      value: rounded(
        perSecond(() => mapLinkedArt(record)),
        0,
      ),
      at_least: 2000,
    },
    {
      name: 'the same, parsed first',
      value: rounded(
        perSecond(() => mapLinkedArt(JSON.parse(raw))),
        0,
      ),
    },
    ...(await written()),
    ...(await servedManifests()),
    ...(await updatesSeen()),
    ...(await rebuiltAfterMapping()),
  ];
}

function made(input: Parameters<typeof buildManifest>[0]): Buffer {
  const { document } = buildManifest(input);
  const [fault] = presentationFaults(document);
  if (fault) throw new Error(`${fault.pointer} ${fault.sentence}`);
  return Buffer.from(JSON.stringify(document));
}

function perSecond(work: () => unknown): number {
  const warm = performance.now();
  while (performance.now() - warm < 1000) work();
  const began = performance.now();
  let done = 0;
  while (performance.now() - began < SECONDS * 1000) {
    work();
    done++;
  }
  return (done * 1000) / (performance.now() - began);
}

/** With what the disk alone gives in the same minute: a blob is a file, synced with its folder. */
async function written(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  const adapters = await openEmbedded(folder.path);
  try {
    const stores = await openStores(adapters.documents);
    const publisher = createManifestPublisher(stores, {
      blobs: adapters.blobs,
      publish: createPublisher('manifest', adapters),
      now: () => new Date(),
      publicUrl: 'https://iiif.example',
      wakeStream: () => {},
      changed: () => {},
    });
    const manifests = Array.from({ length: WRITTEN }, (_, n) => ({ object: `museum-${n}`, manifest: buildManifest(manifestInput(n, 3)) }));
    const perSecondOf = async (work: (entry: (typeof manifests)[number]) => Promise<unknown>) => {
      const began = performance.now();
      let next = 0;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let entry = manifests[next++]; entry; entry = manifests[next++]) await work(entry);
        }),
      );
      return (WRITTEN * 1000) / (performance.now() - began);
    };
    const kept = await perSecondOf(({ object, manifest }) => {
      const bytes = Buffer.from(JSON.stringify({ ...manifest.document, kept: true }));
      return adapters.blobs.put(contentKey(`manifest/${object.length}`, sha256(bytes), '.json'), bytes);
    });
    const whole = await perSecondOf(({ object, manifest }) =>
      publisher.publish(object, manifest, { objectRevision: 1, images: [] }, undefined, { traceparent: randomUUID() }),
    );
    return [
      { name: 'bytes of a manifest kept as a file a second, nothing else', value: rounded(kept, 0) },
      { name: 'manifests written and told a second, embedded', value: rounded(whole, 0), at_least: 2000 },
    ];
  } finally {
    await closeAdapters(adapters);
    await folder.remove();
  }
}
