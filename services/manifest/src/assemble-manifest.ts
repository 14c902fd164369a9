import { isDeepStrictEqual } from 'node:util';
import { manifestPublished } from '@vitrine/contracts/events/manifest-published.ts';
import { manifestWithdrawn } from '@vitrine/contracts/events/manifest-withdrawn.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { type Cause, outgoing } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { buildManifest, type Manifest } from './domain/build-manifest.ts';
import { manifestFaults } from './domain/manifest-faults.ts';
import { isReady } from './domain/readiness.ts';
import { manifestKey } from './manifest-key.ts';
import type { Assembly, ImageFacts, Publication, Stores } from './stores.ts';

/** With images missing after the wait, what has arrived meanwhile is published at most this often (DESIGN R10). */
const AGAIN_AFTER = 30_000;

type Deps = Pick<ServiceDeps, 'publish' | 'now'> & { blobs: Blobs; stores: Stores; publicUrl: string; wait: number };

export type AssembleManifest = (object: string, cause: Cause) => Promise<Outcome>;

/**
 * Publishes an object's manifest if everything for it is there, or the wait is over; withdraws it with its object. Made from the stored
 * state alone, so it may run at any time and any number of times.
 */
export function assembleManifest({ stores, blobs, publish, now, publicUrl, wait }: Deps): AssembleManifest {
  const { assemblies, images, publications } = stores;

  return async (object, cause) => {
    const assembly = await assemblies.get(object);
    // Images may arrive before their object: their facts wait in the table.
    if (!assembly) return { code: 'object-awaited' };
    if (assembly.state === 'withdrawn' || !assembly.museumObject) return withdraw(object, assembly.revision, cause);
    const { museumObject } = assembly;
    const ids = museumObject.images.map(({ id }) => id);
    const known = await images.getMany(ids);
    const missing = ids.filter((_, place) => !isReady(known[place]));
    if (missing.length > 0 && !(await waitIsOver(object, assembly)))
      return { code: 'images-awaited', detail: `${missing.length} of ${ids.length}` };

    const facts = new Map<string, ImageFacts>(ids.flatMap((id, place) => (known[place] ? [[id, known[place]] as const] : [])));
    const manifest = buildManifest({ publicUrl, object, museumObject, facts });
    if (manifest.items.length === 0) {
      const outcome = await withdraw(object, assembly.revision, cause);
      await settle(object, assembly, missing.length > 0);
      return { ...outcome, code: 'no-images' };
    }
    const [fault] = manifestFaults(manifest);
    if (fault !== undefined) throw new Problem('manifest-invalid', { detail: fault });
    const code = await publishManifest(object, assembly.revision, manifest, facts, cause);
    await settle(object, assembly, missing.length > 0);
    return missing.length > 0 ? { code: 'images-pending', detail: missing.join(' ') } : { code };
  };

  /** Sets the deadline when it is first asked for. */
  async function waitIsOver(object: string, { revision }: Assembly): Promise<boolean> {
    const time = now().getTime();
    const after = await assemblies.update(object, (current) =>
      !current || current.revision !== revision || current.due !== undefined ? undefined : { ...current, due: time + wait },
    );
    return after?.revision === revision && after.due !== undefined && after.due <= time;
  }

  async function settle(object: string, { revision }: Assembly, incomplete: boolean): Promise<void> {
    await assemblies.update(object, (current) => {
      if (!current || current.revision !== revision) return undefined;
      if (incomplete) return { ...current, due: now().getTime() + AGAIN_AFTER };
      if (current.due === undefined) return undefined;
      const { due: _, ...settled } = current;
      return settled;
    });
  }

  async function publishManifest(
    object: string,
    objectRevision: number,
    manifest: Manifest,
    facts: ReadonlyMap<string, ImageFacts>,
    cause: Cause,
  ): Promise<string> {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const hash = sha256(bytes);
    await blobs.put(manifestKey(hash), bytes);
    const [thumbnail] = manifest.thumbnail ?? [];
    const shown = {
      state: 'published' as const,
      objectRevision,
      sha256: hash,
      label: manifest.label,
      images: manifest.items.map(({ id }) => {
        const image = id.slice(id.lastIndexOf('/') + 1);
        return { id: image, revision: facts.get(image)?.revision ?? 0 };
      }),
      ...(thumbnail ? { thumbnail: thumbnail.id } : {}),
    };
    let code = 'unchanged';
    const publication = await publications.update(object, (current) => {
      code = 'unchanged';
      if (current && isOlder(shown, current)) return undefined;
      if (current?.state === 'published' && current.sha256 === hash) {
        return isDeepStrictEqual({ ...current, ...shown }, current) ? undefined : { ...current, ...shown };
      }
      code = 'published';
      return { ...shown, revision: (current?.revision ?? 0) + 1, announced: current?.announced ?? 0 };
    });
    if (publication) await announce(object, publication, cause);
    return code;
  }

  async function withdraw(object: string, objectRevision: number, cause: Cause): Promise<Outcome> {
    const publication = await publications.update(object, (current) => {
      if (!current || current.state === 'withdrawn' || current.objectRevision > objectRevision) return undefined;
      return { ...current, state: 'withdrawn', objectRevision, revision: current.revision + 1 };
    });
    if (!publication) return { code: 'never-published' };
    await announce(object, publication, cause);
    return { code: 'withdrawn' };
  }

  // A crash between the change and its event leaves `announced` behind, and whoever comes next publishes it.
  async function announce(object: string, first: Publication, cause: Cause): Promise<void> {
    let publication = first;
    while (publication.announced < publication.revision) {
      const { state, revision, objectRevision, sha256: hash, label, images: shown, thumbnail } = publication;
      await publish(
        state === 'withdrawn'
          ? outgoing(manifestWithdrawn, { object, revision, objectRevision }, cause)
          : outgoing(
              manifestPublished,
              {
                object,
                revision,
                objectRevision,
                sha256: hash,
                label,
                images: shown.map(({ id }) => id),
                ...(thumbnail === undefined ? {} : { thumbnail }),
              },
              cause,
            ),
      );
      const after = await publications.update(
        object,
        (current) => current && { ...current, announced: Math.max(current.announced, revision) },
      );
      if (!after) return;
      publication = after;
    }
  }
}

/**
 * Two handlers of an object may run at once, and one that read before the other wrote must not publish after it. Each writes what it learned
 * before it reads the rest, so one of them saw everything: it wins by the revisions that its manifest was made of. The same keeps a rebuild
 * from publishing the states that it passes through.
 */
function isOlder(made: Pick<Publication, 'objectRevision' | 'images'>, current: Publication): boolean {
  if (made.objectRevision < current.objectRevision) return true;
  const published = new Map(current.images.map(({ id, revision }) => [id, revision]));
  return made.images.some(({ id, revision }) => revision < (published.get(id) ?? 0));
}
