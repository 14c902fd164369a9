import { isDeepStrictEqual } from 'node:util';
import { manifestPublished } from '@vitrine/contracts/events/manifest-published.ts';
import { manifestWithdrawn } from '@vitrine/contracts/events/manifest-withdrawn.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { type Cause, outgoing } from '@vitrine/platform/events/publisher.ts';
import type { MadeManifest } from './domain/made-manifest.ts';
import { isInPresentation2 } from './domain/presentation-2/downgrade-presentation.ts';
import { manifestKey } from './manifest-key.ts';
import { type MadeOf, type Publication, type Stores, versionKey } from './stores.ts';

export type Publisher = {
  publish(object: string, manifest: MadeManifest, madeOf: MadeOf, record: Publication['record'], cause: Cause): Promise<string>;
  withdraw(object: string, madeOf: MadeOf, cause: Cause): Promise<Outcome>;
};

/** What is published of an object, by compare-and-set: equal bytes publish nothing, and what was made of older revisions is dropped. */
export function createManifestPublisher(
  { publications, versions }: Pick<Stores, 'publications' | 'versions'>,
  {
    blobs,
    publish: send,
    now,
    publicUrl,
    wakeStream,
    changed,
  }: Pick<ServiceDeps, 'blobs' | 'publish' | 'now'> & {
    publicUrl: string;
    wakeStream: () => void;
    /** Whoever keeps something of what was published before keeps it no longer. */
    changed: (object: string) => void;
  },
): Publisher {
  async function publish(
    object: string,
    manifest: MadeManifest,
    madeOf: MadeOf,
    record: Publication['record'],
    cause: Cause,
  ): Promise<string> {
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
      ...(record ? { record, recordAddress: record.address, shownOf: record.source } : {}),
      versions: versionsOf(manifest, publicUrl),
    };
    let code = 'unchanged';
    const publication = await publications.update(object, async (current) => {
      code = 'unchanged';
      if (current && isOlder(madeOf, current.madeOf)) return undefined;
      if (current?.state === 'published' && current.sha256 === hash) {
        // Equal bytes are no change; where they come from may be another all the same.
        const same = { ...current, ...shown };
        return isDeepStrictEqual(same, current) ? undefined : same;
      }
      code = 'published';
      await noteBefore(object, current);
      return { ...shown, ...next(current) };
    });
    if (publication) {
      changed(object);
      await announce(object, publication, cause);
    }
    if (publication?.unstreamed) wakeStream();
    return code;
  }

  async function withdraw(object: string, madeOf: MadeOf, cause: Cause): Promise<Outcome> {
    const publication = await publications.update(object, async (current) => {
      if (!current || current.state === 'withdrawn' || isOlder(madeOf, current.madeOf)) return undefined;
      await noteBefore(object, current);
      const { shownOf: _, ...rest } = current;
      return { ...rest, state: 'withdrawn', madeOf, ...next(current) };
    });
    if (!publication) return { code: 'never-published' };
    changed(object);
    await announce(object, publication, cause);
    wakeStream();
    return { code: 'withdrawn' };
  }

  /** Before another takes its place, so that a crash loses no version; whether it does take it, its revision says. */
  async function noteBefore(object: string, before: Publication | undefined): Promise<void> {
    if (!before) return;
    const { revision, state, sha256, at = 0 } = before;
    await versions.put(versionKey(object, revision), { at, ...(state === 'published' ? { sha256 } : {}) }, 0);
  }

  /** What every change brings with it: a revision, a time, and word for the stream, which is woken for it. */
  function next(current: Publication | undefined) {
    const { announced = 0, streamed } = current ?? {};
    const at = now().getTime();
    return {
      revision: (current?.revision ?? 0) + 1,
      announced,
      at,
      changed: -at,
      unstreamed: 1 as const,
      ...(streamed ? { streamed } : {}),
    };
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

function versionsOf({ document }: MadeManifest, publicUrl: string): (2 | 3)[] {
  return isInPresentation2(document, publicUrl) ? [3, 2] : [3];
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
