import { isDeepStrictEqual } from 'node:util';
import { manifestPublished } from '@vitrine/contracts/events/manifest-published.ts';
import { manifestWithdrawn } from '@vitrine/contracts/events/manifest-withdrawn.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { type Cause, outgoing } from '@vitrine/platform/events/publisher.ts';
import type { MadeManifest } from './domain/made-manifest.ts';
import { manifestKey } from './manifest-key.ts';
import type { MadeOf, Publication, Stores } from './stores.ts';

export type Publisher = {
  publish(object: string, manifest: MadeManifest, madeOf: MadeOf, cause: Cause): Promise<string>;
  withdraw(object: string, madeOf: MadeOf, cause: Cause): Promise<Outcome>;
};

/** What is published of an object, by compare-and-set: equal bytes publish nothing, and what was made of older revisions is dropped. */
export function createManifestPublisher(
  { publications }: Stores,
  { blobs, publish: send }: Pick<ServiceDeps, 'blobs' | 'publish'>,
): Publisher {
  async function publish(object: string, manifest: MadeManifest, madeOf: MadeOf, cause: Cause): Promise<string> {
    const bytes = Buffer.from(JSON.stringify(manifest.document));
    const hash = sha256(bytes);
    await blobs.put(manifestKey(hash), bytes);
    const shown = {
      state: 'published' as const,
      madeOf,
      sha256: hash,
      label: manifest.label,
      images: [...manifest.images],
      ...(manifest.thumbnail === undefined ? {} : { thumbnail: manifest.thumbnail }),
    };
    let code = 'unchanged';
    const publication = await publications.update(object, (current) => {
      code = 'unchanged';
      if (current && isOlder(madeOf, current.madeOf)) return undefined;
      if (current?.state === 'published' && current.sha256 === hash) {
        return isDeepStrictEqual(madeOf, current.madeOf) ? undefined : { ...current, madeOf };
      }
      code = 'published';
      return { ...shown, revision: (current?.revision ?? 0) + 1, announced: current?.announced ?? 0 };
    });
    if (publication) await announce(object, publication, cause);
    return code;
  }

  async function withdraw(object: string, madeOf: MadeOf, cause: Cause): Promise<Outcome> {
    const publication = await publications.update(object, (current) => {
      if (!current || current.state === 'withdrawn' || isOlder(madeOf, current.madeOf)) return undefined;
      return { ...current, state: 'withdrawn', madeOf, revision: current.revision + 1 };
    });
    if (!publication) return { code: 'never-published' };
    await announce(object, publication, cause);
    return { code: 'withdrawn' };
  }

  // A crash between the change and its event leaves `announced` behind, and whoever comes next publishes it. Read again afterwards, since
  // the last event of a key must be the newest (R3).
  async function announce(object: string, first: Publication, cause: Cause): Promise<void> {
    let publication = first;
    for (let owed = first.announced < first.revision; owed; ) {
      const { revision } = publication;
      await send(eventOf(object, publication, cause));
      const after = await publications.update(object, (current) =>
        !current || current.announced >= revision ? undefined : { ...current, announced: revision },
      );
      if (!after) return;
      owed = after.revision > revision;
      publication = after;
    }
  }

  return { publish, withdraw };
}

function eventOf(object: string, { state, revision, madeOf, sha256: hash, label, images, thumbnail }: Publication, cause: Cause) {
  const { objectRevision } = madeOf;
  if (state === 'withdrawn') return outgoing(manifestWithdrawn, { object, revision, objectRevision }, cause);
  const shown = { object, revision, objectRevision, sha256: hash, label, images, ...(thumbnail === undefined ? {} : { thumbnail }) };
  return outgoing(manifestPublished, shown, cause);
}

/**
 * Two handlers of an object may run at once, and one that read before the other wrote must not publish after it. Each writes what it learned
 * before it reads the rest, so one of them saw everything: it wins by the revisions that its manifest was made of, those of images that it
 * does not show among them. The same keeps a rebuild from publishing the states that it passes through.
 */
function isOlder(made: MadeOf, current: MadeOf): boolean {
  if (made.objectRevision < current.objectRevision) return true;
  const published = new Map(current.images.map(({ id, revision }) => [id, revision]));
  return made.images.some(({ id, revision }) => revision < (published.get(id) ?? 0));
}
