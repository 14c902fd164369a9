import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Outcome } from '@vitrine/platform/events/handler.ts';
import { failure } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { copyTexts } from './copy-texts.ts';
import { type DeriveObject, quiet } from './derive-object.ts';
import { readRecord } from './domain/read-record.ts';
import { type FetchDocument, type FoundDocument, keepRawCopy, validatorsOf } from './fetch-document.ts';
import type { RecordParts } from './gather-parts.ts';
import { holds, type RecordDocument, type Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const ACCEPT =
  'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json", application/ld+json;q=0.9, application/json;q=0.8, application/xml;q=0.5, */*;q=0.1';
/** Bytes of a record that are held while others are under way; a larger one is read back from its raw copy. */
const HELD = 1_000_000;
/** What a record that names others says. */
const NAMES_PARTS = /"VisualItem"|iiif\.io\/api\/presentation/;
/** Raw copies kept of a record, the newest first. */
const VERSIONS = 5;

/** An activity that wants a record read. */
export type Wanted = {
  readonly type: string;
  readonly time: number | undefined;
  readonly object: string;
  readonly record?: string;
  /** Our copy of it, where it came with its page: nobody is asked for it. */
  readonly copy?: BlobRef;
};

/** What came of a record: its outcome, what to note of it, the faults of its texts, whether it has any, and why its object is to be withdrawn. */
export type Included = {
  readonly outcome: Outcome;
  readonly record: Partial<RecordDocument>;
  readonly faults: readonly Problem[];
  readonly texts: boolean;
  readonly withdraw?: string;
};

export type IncludeRecord = (wanted: Wanted, known: RecordDocument | undefined, walk: Walk, cause: Cause) => Promise<Included>;

type Deps = {
  stores: Pick<Stores, 'objects'>;
  fetch: FetchDocument;
  blobs: Blobs;
  derive: DeriveObject;
  parts: RecordParts;
  now: () => Date;
};

/** Fetches a record and its texts, keeps raw copies, and raises its object's revision where something changed. */
export function includeRecord({ stores, fetch, blobs, derive, parts, now }: Deps): IncludeRecord {
  return async (wanted, known, walk, cause) => {
    const { settings, signal } = walk;
    const ask: FetchDocument = (...asked) => walk.limit.run(() => fetch(...asked), signal);
    const former = known?.object === undefined ? undefined : await stores.objects.get(known.object);
    // A record that failed, or whose object is withdrawn, is read whole: what its ETag stood for was not kept.
    // One of several records is as it was only if all of them are.
    const isWhole = known?.state === 'present' && former?.state !== 'withdrawn' && !known.parts;
    const validators = isWhole ? validatorsOf(known) : {};
    const address = wanted.record ?? known?.record ?? wanted.object;
    const texts = (addresses: readonly string[]) => copyTexts(addresses, former?.texts ?? [], { fetch: ask, blobs, signal });
    const { copy: given } = wanted;
    if (given) {
      const derived = await made(derive({ wanted, known, walk, cause, address, copy: given, texts }));
      return { ...derived, record: { copies: copiesOf(known, given, now()), ...derived.record } };
    }
    const fetched = await ask(address, ACCEPT, validators, signal);
    if (fetched.status === 'gone') {
      const withdraw = settings.gone === 'withdraw' ? { withdraw: '410 Gone' } : {};
      return { ...quiet({ state: 'gone' }), outcome: { code: 'gone' }, ...withdraw };
    }
    if (fetched.status === 'missing') return missing(address, known, walk, now().getTime());
    const answered = fetched.status === 'found' ? fetched : undefined;
    const gathered = answered && (await gathering(answered, wanted.object, walk, parts, ask));
    const found = answered && gathered ? { ...answered, body: gathered.body } : answered;
    const copy = found ? await keepRawCopy(blobs, found.body) : (former?.record ?? known?.copies?.[0]);
    const elsewhere = wanted.record === undefined ? {} : { record: wanted.record };
    // One that names no parts any more is whole again.
    const composed = gathered || known?.parts ? { parts: gathered?.parts ?? 0 } : {};
    const seen = { ...elsewhere, ...composed, ...(found ? { ...validatorsOf(found), copies: copiesOf(known, copy, now()) } : validators) };
    if (!copy) return { ...quiet({ ...seen, state: 'present' }), outcome: { code: 'unchanged' } };
    const body = found && found.body.length <= HELD ? found.body : undefined;
    const derived = await made(derive({ wanted, known, walk, cause, address, copy, texts, body, contentType: found?.contentType }));
    return { ...derived, record: { ...seen, ...derived.record } };
  };
}

/** What is no record that can be read is left to who derives from it, who says what is wrong. */
async function gathering(
  { body, contentType, address }: FoundDocument,
  of: string,
  walk: Walk,
  parts: RecordParts,
  fetch: FetchDocument,
): ReturnType<RecordParts['gather']> {
  // Most records are whole: nothing of them is read twice.
  if (!NAMES_PARTS.test(body.toString('latin1'))) return undefined;
  let content: ReturnType<typeof readRecord>['content'];
  try {
    ({ content } = readRecord(body, contentType, address));
  } catch {
    return undefined;
  }
  return parts.gather(content, of, walk, fetch);
}

/** A record for which its source's own mapping fails is a failure that no retry mends; our copy of it is noted all the same, for another mapping to try. */
async function made(deriving: Promise<Included>): Promise<Included> {
  try {
    return await deriving;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.code !== 'mapping-failed') throw thrown;
    return { ...quiet({ state: 'failed' }), outcome: failure(problem) };
  }
}

/** Change Discovery 1.0, 4.2: what can't be read is not thereby deleted. It is a suspicion, and after days of grace a fact. */
function missing(address: string, known: RecordDocument | undefined, { settings }: Walk, time: number): Included {
  const since = known?.missingSince ?? time;
  const detail = `${address} answers 404${since < time ? ` since ${new Date(since).toISOString()}` : ''}`;
  if (time - since < settings.missingFor) {
    const fault = new Problem('source-unreachable', { detail });
    return {
      ...quiet({ missingSince: since, state: known?.state ?? 'failed' }),
      outcome: { code: fault.code, detail, failed: true },
      faults: [fault],
    };
  }
  const withdraw = settings.missing === 'withdraw' && known !== undefined && holds(known) ? { withdraw: detail } : {};
  return { ...quiet({ missingSince: since, state: 'failed' }), outcome: { code: 'record-missing', detail, failed: true }, ...withdraw };
}

type Copies = NonNullable<RecordDocument['copies']>;

function copiesOf(known: RecordDocument | undefined, copy: Omit<Copies[number], 'at'> | undefined, at: Date): Copies {
  const copies = known?.copies ?? [];
  if (!copy || copies[0]?.sha256 === copy.sha256) return copies;
  return [{ ...copy, at: at.getTime() }, ...copies].slice(0, VERSIONS);
}
