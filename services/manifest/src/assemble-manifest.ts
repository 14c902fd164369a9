import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { presentationFaults } from './domain/gate/presentation-faults.ts';
import type { MadeManifest } from './domain/made-manifest.ts';
import { isReady } from './domain/readiness.ts';
import { expandPages } from './expand-pages.ts';
import type { KeepMemberships } from './keep-memberships.ts';
import type { MakeManifest } from './make-manifest.ts';
import type { Publisher } from './publisher.ts';
import type { Assembly, ImageFacts, Stores } from './stores.ts';
import { weightedTurns } from './weighted-turns.ts';

/** Images of the manifests that are held in memory at once: some hundred small ones, or a book of ten thousand pages and another. */
const IMAGES_AT_ONCE = 20_000;
/** Rejected images that an outcome names. */
const NAMED = 20;
/** With images missing after the wait, what has arrived meanwhile is published at most this often (R10). */
const AGAIN_AFTER = 30_000;

type Deps = Pick<ServiceDeps, 'now'> & {
  stores: Stores;
  publisher: Publisher;
  make: MakeManifest;
  publicUrl: string;
  wait: number;
  keepMemberships: KeepMemberships;
};

export type AssembleManifest = (object: string, cause: Cause) => Promise<Outcome>;

/**
 * Publishes an object's manifest if everything for it is there, or the wait is over; withdraws it with its object. Made from the stored
 * state alone, so it may run at any time and any number of times.
 *
 * @throws Problem `manifest-invalid`
 */
export function assembleManifest({ stores, publisher, make, keepMemberships, now, publicUrl, wait }: Deps): AssembleManifest {
  const { assemblies, images } = stores;
  const turn = weightedTurns(IMAGES_AT_ONCE);

  return async (object, cause) => {
    const assembly = await assemblies.get(object);
    // Images may arrive before their object: their facts wait in the table.
    if (!assembly) return { code: 'object-awaited' };
    const { museumObject, revision } = assembly;
    if (assembly.state === 'withdrawn' || !museumObject) {
      await keepMemberships({ object, revision, sets: [] });
      return publisher.withdraw(object, { objectRevision: revision, images: [] }, cause);
    }
    const pages = await expandPages(museumObject.images, (ids) => images.getMany(ids));
    const ids = pages.map(({ id }) => id);
    const known = await images.getMany(ids);
    const missing = ids.filter((_, place) => !isReady(known[place]));
    if (missing.length > 0 && !(await waitIsOver(object, assembly)))
      return { code: 'images-awaited', detail: `${missing.length} of ${ids.length}` };
    // Before anything that may fail: what can't be published is not tried again by the clock.
    await settle(object, assembly, missing.length > 0);

    const facts = new Map<string, ImageFacts>(ids.flatMap((id, place) => (known[place] ? [[id, known[place]] as const] : [])));
    const madeOf = { objectRevision: revision, images: ids.map((id) => ({ id, revision: facts.get(id)?.revision ?? 0 })) };
    const input = { publicUrl, object, museumObject: { ...museumObject, images: pages }, facts };
    const outcome = await turn(pages.length, async (): Promise<Outcome> => {
      const manifest = await make(input, assembly.given);
      if (isBare(manifest)) return { ...(await publisher.withdraw(object, madeOf, cause)), code: 'no-images' };
      const [fault] = presentationFaults(manifest.document);
      if (fault) throw new Problem('manifest-invalid', { detail: `${fault.pointer}: ${fault.sentence}` });
      await keepMemberships({ object, revision, source: assembly.record?.source, sets: museumObject.collections });
      return { code: await publisher.publish(object, manifest, madeOf, assembly.record, cause) };
    });
    if (outcome.code === 'no-images') return outcome;
    if (missing.length > 0) return { code: 'images-pending', detail: missing.join(' ') };
    const rejected = ids.filter((id) => facts.get(id)?.state === 'rejected');
    return {
      code: outcome.code,
      ...(rejected.length > 0 ? { detail: `without rejected images: ${rejected.slice(0, NAMED).join(' ')}` } : {}),
    };
  };

  /** Sets the deadline when it is first asked for: a wait for the first manifest, a pause between two that are not whole. */
  async function waitIsOver(object: string, { revision }: Assembly): Promise<boolean> {
    const time = now().getTime();
    const after = await assemblies.update(object, (current) => {
      if (!current || current.revision !== revision || current.due !== undefined) return undefined;
      const due = current.incompleteSince === undefined ? time + wait : Math.max(time, current.incompleteSince + AGAIN_AFTER);
      return { ...current, due };
    });
    return after?.revision === revision && after.due !== undefined && after.due <= time;
  }

  async function settle(object: string, { revision }: Assembly, incomplete: boolean): Promise<void> {
    await assemblies.update(object, (current) => {
      if (!current || current.revision !== revision) return undefined;
      if (!incomplete && current.due === undefined && current.incompleteSince === undefined) return undefined;
      const { due: _due, incompleteSince: _since, ...settled } = current;
      return incomplete ? { ...settled, incompleteSince: now().getTime() } : settled;
    });
  }
}

/** A manifest must have a canvas (Presentation API 3.0, 5.2). */
const isBare = ({ document }: MadeManifest): boolean => !Array.isArray(document['items']) || document['items'].length === 0;
