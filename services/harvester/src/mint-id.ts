import { idCandidates } from '@vitrine/contracts/readable-id.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ObjectDocument, Stores } from './stores.ts';

type Minted = { kind: 'object' | 'image'; owner: string; sourceId: string };

/**
 * The identifier of something of a source, by a compare-and-set insert into the id table (R2): the same input gets the same id
 * for ever, whoever asks first and however often.
 */
export async function mintId(ids: Stores['ids'], minted: Minted): Promise<string> {
  for (const candidate of idCandidates(minted.owner, minted.sourceId)) {
    if (await ids.put(candidate, minted, 0)) return candidate;
    const taken = await ids.get(candidate);
    if (taken?.kind === minted.kind && taken.owner === minted.owner && taken.sourceId === minted.sourceId) return candidate;
  }
  throw new Problem('unexpected', { detail: `no identifier is free for ${minted.sourceId} of ${minted.owner}` });
}

/** The identifier that something has, or would be given; none is minted. */
export async function foreseenId(ids: Pick<Stores['ids'], 'get'>, minted: Minted): Promise<string> {
  const candidates = idCandidates(minted.owner, minted.sourceId);
  for (const candidate of candidates) {
    const taken = await ids.get(candidate);
    if (!taken || (taken.kind === minted.kind && taken.owner === minted.owner && taken.sourceId === minted.sourceId)) return candidate;
  }
  return candidates[0];
}

/** The identifiers of an object's images, in their order. */
export async function mintImageIds(
  ids: Stores['ids'],
  object: string,
  images: readonly { sourceId: string }[],
): Promise<ObjectDocument['images']> {
  const minted = [];
  for (const { sourceId } of images) minted.push({ sourceId, id: await mintId(ids, { kind: 'image', owner: object, sourceId }) });
  return minted;
}
