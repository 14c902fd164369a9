import { isNode } from '@vitrine/mapping/json-node.ts';
import { LINKED_ART_VERSION, mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { backoff } from '@vitrine/platform/backoff.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import type { Intents } from '@vitrine/platform/intents.ts';
import type { Lease } from '@vitrine/platform/leases.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { AnnounceObject } from './announce-object.ts';
import type { Activity } from './domain/activity.ts';
import { canonicalHash } from './domain/canonical-hash.ts';
import { isDeeperThan } from './domain/json-depth.ts';
import { judgeActivity } from './domain/judge-activity.ts';
import { type FetchDocument, keepRawCopy } from './fetch-document.ts';
import { mintId } from './mint-id.ts';
import { type ObjectDocument, type RecordDocument, recordKey, type Stores, type TextCopy } from './stores.ts';

const ACCEPT = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json", application/ld+json;q=0.9, application/json;q=0.8';
const ACCEPT_TEXT = 'application/xml, text/xml;q=0.9, */*;q=0.5';

const MAX_DEPTH = 64;
const TRIES = 3;
const FIRST_WAIT = 200;

export type HarvestDeps = Pick<ServiceDeps, 'blobs' | 'now' | 'log'> & {
  stores: Stores;
  fetch: FetchDocument;
  intents: Intents;
  announce: AnnounceObject;
  outcome: RecordOutcome;
  /** Stores the activity, to be carried out again when the source has had time. */
  postpone: (activity: Activity, source: string, fault: Problem) => Promise<void>;
};

/** One walk of one source: its lease guards every write. */
export type Walk = {
  readonly source: string;
  readonly run: string;
  readonly lease: Pick<Lease, 'fence' | 'held'>;
  readonly signal: AbortSignal;
};

export type HarvestRecord = (activity: Activity, walk: Walk) => Promise<void>;

/**
 * Carries out one activity: fetches the record and its texts, keeps raw copies, and raises the object's revision where something
 * changed. Bad data end as an outcome, a source that failed as a stored retry; the walk goes on.
 */
export function harvestRecord(deps: HarvestDeps): HarvestRecord {
  const { stores, fetch, blobs, intents, announce, now } = deps;

  function guard({ lease }: Walk): void {
    if (!lease.held()) throw new Problem('conflict', { detail: 'the lease of this source was lost' });
  }

  /** Compare-and-set on the object under its intent; a document that a newer holder of the lease wrote is not ours to change. */
  async function writeObject(
    object: string,
    walk: Walk,
    cause: Cause,
    change: (current: ObjectDocument | undefined) => ObjectDocument | undefined,
  ) {
    await intents.carryOut(object, async () => {
      guard(walk);
      await stores.objects.update(object, (current) => {
        guard(walk);
        if (current && current.fence > walk.lease.fence)
          throw new Problem('conflict', { detail: 'another instance harvests this source now' });
        return change(current);
      });
      await announce(object, cause);
    });
  }

  async function withdraw(object: string, activity: Activity, walk: Walk, cause: Cause, reason: string): Promise<Outcome> {
    await writeObject(object, walk, cause, (current) => {
      if (!current || current.state === 'withdrawn') return undefined;
      return {
        ...current,
        state: 'withdrawn',
        reason,
        revision: current.revision + 1,
        fence: walk.lease.fence,
        activity: activityFacts(activity),
      };
    });
    return { code: 'withdrawn' };
  }

  async function copyTexts(
    addresses: readonly string[],
    known: readonly TextCopy[],
    walk: Walk,
  ): Promise<{ copies: TextCopy[]; faults: Problem[] }> {
    const copies: TextCopy[] = [];
    const faults: Problem[] = [];
    for (const address of addresses) {
      const former = known.find((copy) => copy.address === address);
      try {
        const fetched = await fetch(address, ACCEPT_TEXT, former?.etag, walk.signal);
        if (fetched.status === 'unchanged' && former) copies.push(former);
        else if (fetched.status === 'found') {
          const blob = await keepRawCopy(blobs, fetched.body);
          copies.push({ address, blob, ...(fetched.etag === undefined ? {} : { etag: fetched.etag }) });
        } else faults.push(new Problem('text-missing', { detail: address }));
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (walk.signal.aborted || (problem.fault !== 'source' && problem.fault !== 'permanent')) throw thrown;
        faults.push(problem);
        if (former) copies.push(former);
      }
    }
    return { copies, faults };
  }

  async function include(
    activity: Activity,
    known: RecordDocument | undefined,
    walk: Walk,
    cause: Cause,
  ): Promise<{ outcome: Outcome; record: Partial<RecordDocument>; faults: Problem[]; texts: boolean }> {
    const former = known?.object === undefined ? undefined : await stores.objects.get(known.object);
    // A record that failed, or whose object is withdrawn, is read whole: what its ETag stood for was not kept.
    const etag = known?.state === 'present' && former?.state !== 'withdrawn' ? known.etag : undefined;
    const fetched = await fetch(activity.object, ACCEPT, etag, walk.signal);
    if (fetched.status === 'gone') {
      const outcome: Outcome =
        known?.object === undefined ? { code: 'gone' } : await withdraw(known.object, activity, walk, cause, '410 Gone');
      return { outcome, record: { state: 'gone' }, faults: [], texts: false };
    }
    // Change Discovery 1.0, 4.2: what can't be read is not thereby deleted.
    if (fetched.status === 'missing') throw new Problem('source-unreachable', { detail: `${activity.object} answers 404` });
    const copy = fetched.status === 'found' ? await keepRawCopy(blobs, fetched.body) : former?.record;
    const seen =
      fetched.status === 'found'
        ? { ...(fetched.etag === undefined ? {} : { etag: fetched.etag }) }
        : { ...(etag === undefined ? {} : { etag }) };
    if (!copy) return { outcome: { code: 'unchanged' }, record: { ...seen, state: 'present' }, faults: [], texts: false };

    const body = fetched.status === 'found' ? fetched.body : await blobs.read(copy.key);
    const content = parseRecord(body, activity.object);
    const mapped = mapLinkedArt(content);
    if (!mapped) {
      const type = isNode(content) ? String(content['type']) : '';
      return { outcome: { code: 'not-an-object', detail: type }, record: { ...seen, state: 'present' }, faults: [], texts: false };
    }
    const object = known?.object ?? (await mintId(stores.ids, { kind: 'object', owner: walk.source, sourceId: activity.object }));
    const images = [];
    for (const { sourceId } of mapped.images) {
      images.push({ sourceId, id: await mintId(stores.ids, { kind: 'image', owner: object, sourceId }) });
    }
    const addresses = [...new Set(mapped.images.flatMap((image) => image.text.map((text) => text.address)))];
    const { copies, faults } = await copyTexts(addresses, former?.texts ?? [], walk);
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
    await writeObject(object, walk, cause, (current) => {
      const changed = !current || fingerprint(current) !== fingerprint(next);
      code = !current ? 'created' : changed ? 'updated' : 'unchanged';
      // An equal record keeps its former copy: only white space or the order of keys differs.
      return { ...next, record: changed || !current ? copy : current.record, revision: (current?.revision ?? 0) + (changed ? 1 : 0) };
    });
    return { outcome: { code }, record: { ...seen, object, state: 'present' }, faults, texts: addresses.length > 0 };
  }

  return async (activity, walk) => {
    const key = recordKey(walk.source, activity.object);
    const known = await stores.records.get(key);
    if (judgeActivity(activity, known, walk.run) !== 'apply') return;
    const started = now();
    const cause: Cause = {
      traceparent: newTraceparent(),
      ...(activity.time === undefined ? {} : { time: new Date(activity.time).toISOString() }),
    };
    // One name for the record's outcomes, also before its object has an identifier: a failure is gone when the same entity ends well.
    const entity = activity.object;
    const result: Partial<RecordDocument> = {};
    let postponed: Problem | undefined;
    try {
      if (activity.kind === 'remove') {
        if (known?.object !== undefined) await withdraw(known.object, activity, walk, cause, activity.type);
        Object.assign(result, { state: 'gone' });
        await deps.outcome(entity, started, { code: 'withdrawn' }, cause);
      } else {
        const { outcome, record, faults, texts } = await patiently(walk.signal, () => include(activity, known, walk, cause));
        Object.assign(result, record);
        await deps.outcome(entity, started, outcome, cause);
        for (const fault of faults) await deps.outcome(`${entity}#text`, started, failure(fault), cause);
        if (texts && faults.length === 0) await deps.outcome(`${entity}#text`, started, { code: 'done' }, cause);
        postponed = faults.find((fault) => fault.fault === 'source');
      }
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (walk.signal.aborted || problem.fault === 'infrastructure') throw thrown;
      deps.log.warn(
        { source: walk.source, record: activity.object, code: problem.code, detail: problem.detail },
        'a record could not be harvested',
      );
      await deps.outcome(entity, started, failure(problem), cause);
      Object.assign(result, { state: 'failed' });
      if (problem.fault === 'source') postponed = problem;
    }
    guard(walk);
    // Before the record counts as done in this run: a crash in between repeats it, and loses nothing.
    if (postponed) await deps.postpone(activity, walk.source, postponed);
    await stores.records.update(key, (current) => ({
      source: walk.source,
      address: activity.object,
      run: walk.run,
      type: activity.type,
      state: 'present',
      ...(current?.object === undefined ? {} : { object: current.object }),
      ...(activity.time === undefined ? {} : { time: activity.time }),
      ...result,
    }));
  };
}

/** Three tries for what nobody expected (DESIGN R7); after that it is one record's failure, and the walk goes on. */
async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (signal.aborted || asProblem(thrown).fault !== 'unexpected' || attempt === TRIES) throw thrown;
      await sleep(backoff(attempt, FIRST_WAIT, FIRST_WAIT * TRIES), signal);
    }
  }
}

function activityFacts({ type, time }: Activity): ObjectDocument['activity'] {
  return { type, ...(time === undefined ? {} : { time: new Date(time).toISOString() }) };
}

/** What a revision stands for: the source's bytes, the mapping's version, the object's existence (DESIGN R3). */
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
