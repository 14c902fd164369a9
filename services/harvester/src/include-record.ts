import { isNode } from '@vitrine/mapping/json-node.ts';
import { LINKED_ART_VERSION, mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { copyTexts } from './copy-texts.ts';
import type { Activity } from './domain/activity.ts';
import { canonicalHash } from './domain/canonical-hash.ts';
import { isDeeperThan } from './domain/json-depth.ts';
import { type FetchDocument, keepRawCopy } from './fetch-document.ts';
import { mintId, mintImageIds } from './mint-id.ts';
import { activityFacts, type ObjectWriter } from './object-writer.ts';
import type { ObjectDocument, RecordDocument, Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const ACCEPT = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json", application/ld+json;q=0.9, application/json;q=0.8';
const MAX_DEPTH = 64;

/** What came of a record: its outcome, what to note of it, the faults of its texts, and whether it has any. */
type Included = { outcome: Outcome; record: Partial<RecordDocument>; faults: readonly Problem[]; texts: boolean };

type Deps = { stores: Stores; fetch: FetchDocument; blobs: Blobs; writer: ObjectWriter };

/** Fetches a record and its texts, keeps raw copies, and raises its object's revision where something changed. */
export function includeRecord({ stores, fetch, blobs, writer }: Deps) {
  return async (activity: Activity, known: RecordDocument | undefined, walk: Walk, cause: Cause): Promise<Included> => {
    const former = known?.object === undefined ? undefined : await stores.objects.get(known.object);
    // A record that failed, or whose object is withdrawn, is read whole: what its ETag stood for was not kept.
    const etag = known?.state === 'present' && former?.state !== 'withdrawn' ? known.etag : undefined;
    const fetched = await fetch(activity.object, ACCEPT, etag, walk.signal);
    if (fetched.status === 'gone') {
      const outcome: Outcome =
        known?.object === undefined ? { code: 'gone' } : await writer.withdraw(known.object, activity, walk, cause, '410 Gone');
      return { outcome, record: { state: 'gone' }, faults: [], texts: false };
    }
    // Change Discovery 1.0, 4.2: what can't be read is not thereby deleted.
    if (fetched.status === 'missing') throw new Problem('source-unreachable', { detail: `${activity.object} answers 404` });
    const copy = fetched.status === 'found' ? await keepRawCopy(blobs, fetched.body) : former?.record;
    const seen =
      fetched.status === 'found'
        ? { ...(fetched.etag === undefined ? {} : { etag: fetched.etag }) }
        : { ...(etag === undefined ? {} : { etag }) };
    if (!copy) return { ...present(seen), outcome: { code: 'unchanged' } };

    const body = fetched.status === 'found' ? fetched.body : await blobs.read(copy.key);
    const content = parseRecord(body, activity.object);
    const mapped = mapLinkedArt(content);
    if (!mapped) {
      const type = isNode(content) ? String(content['type']) : '';
      // A record that was an object and says now that it is something else takes its object off the web.
      if (known?.object !== undefined) await writer.withdraw(known.object, activity, walk, cause, `now a ${type}`);
      return { ...present(seen), outcome: { code: 'not-an-object', detail: type } };
    }
    const object = known?.object ?? (await mintId(stores.ids, { kind: 'object', owner: walk.source, sourceId: activity.object }));
    const images = await mintImageIds(stores.ids, object, mapped.images);
    const addresses = [...new Set(mapped.images.flatMap((image) => image.text.map((text) => text.address)))];
    const { copies, faults } = await copyTexts(addresses, former?.texts ?? [], { fetch, blobs, signal: walk.signal });
    const next = {
      source: walk.source,
      fence: walk.lease.fence,
      state: 'present' as const,
      reason: '',
      address: activity.object,
      record: copy,
      content: canonicalHash(content),
      mappingVersion: LINKED_ART_VERSION,
      texts: copies,
      images,
      activity: activityFacts(activity),
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

const present = (seen: Partial<RecordDocument>) => ({ record: { ...seen, state: 'present' as const }, faults: [], texts: false });

/** What a revision stands for: the source's bytes, the mapping's version, the object's existence (R3). */
function fingerprint({
  state,
  content,
  mappingVersion,
  texts,
}: Pick<ObjectDocument, 'state' | 'content' | 'mappingVersion' | 'texts'>): string {
  return JSON.stringify([state, content, mappingVersion, texts.map(({ address, blob }) => [address, blob.sha256])]);
}

function parseRecord(body: Buffer, address: string): unknown {
  let record: unknown;
  try {
    record = JSON.parse(String(body));
  } catch (cause) {
    throw new Problem('record-not-json', { detail: address, cause });
  }
  if (isDeeperThan(record, MAX_DEPTH)) throw new Problem('record-invalid', { detail: `nested deeper than ${MAX_DEPTH}` });
  return record;
}
