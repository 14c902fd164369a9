import { outcomeRecorded } from '@vitrine/contracts/events/outcome-recorded.ts';
import { deadLetterTopic } from '@vitrine/contracts/topics.ts';
import { backoff } from '../backoff.ts';
import type { Blobs } from '../blobs/port.ts';
import type { Bus, StoredRecord, Subscription } from '../bus/port.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { asProblem, Problem, problemFields } from '../problem.ts';
import { sleep } from '../sleep.ts';
import { decodeEvent } from './cloud-event.ts';
import type { Outcome } from './handler.ts';
import { outgoing, type Publish } from './publisher.ts';
import type { StoredRetries } from './stored-retries.ts';
import { type ServiceSubscription, topicsOf } from './subscription.ts';
import { traceId } from './trace.ts';

const UNEXPECTED_TRIES = 3;
const FIRST_WAIT = 200;
const LONGEST_WAIT = 10_000;

export type ConsumerDeps = {
  bus: Bus;
  blobs: Blobs;
  publish: Publish;
  retries: StoredRetries;
  log: Log;
  now: () => Date;
  metrics: Metrics;
};

export type Consumer = {
  readonly group: string;
  readonly broadcast: boolean;
  readonly topics: readonly string[];
  /** Handles a record outside its turn: a dead letter or a stored retry. */
  handle(record: StoredRecord, signal: AbortSignal, replayed?: boolean): Promise<void>;
  /** Ends what is under way and leaves the group while `during` runs. */
  rest(during: () => Promise<void>): Promise<void>;
  /** Ends what is under way, waits until no other member is there, runs `between`, and starts again at the earliest of `topics`. */
  rewind(topics: readonly string[], between: () => Promise<void>): Promise<void>;
  /** False while our own engines hold the group up. */
  ready(): boolean;
  close(): Promise<void>;
};

/** Runs one group: each record to its handler, each fault to its end (R7). */
export async function startConsumer(subscribed: ServiceSubscription, deps: ConsumerDeps): Promise<Consumer> {
  const { bus, publish, retries, now } = deps;
  const { group, broadcast = false } = subscribed;
  const log = deps.log.child({ group });
  const topics = topicsOf(subscribed);
  const handlers = new Map(subscribed.handlers.map((registration) => [registration.contract.type, registration]));
  let subscription: Subscription | undefined;
  /** Steps that wait for an engine just now. */
  let held = 0;

  async function dispatch(record: StoredRecord, signal: AbortSignal, replayed: boolean): Promise<Outcome | undefined> {
    const event = decodeEvent(record);
    const registration = handlers.get(event.type);
    if (!registration) return undefined;
    const text = event.dataref === undefined ? event.data : String(await deps.blobs.read(event.dataref));
    const outcome = await registration.handle(event, parseJson(text), { signal, replayed });
    return outcome ?? { code: 'done' };
  }

  // Infrastructure holds the whole group: nothing new begins until every step that waits has got on, or was given up.
  async function insist<T>(signal: AbortSignal, step: () => Promise<T>): Promise<T> {
    let waits = false;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await step();
        } catch (thrown) {
          const problem = asProblem(thrown);
          if (problem.fault !== 'infrastructure' || signal.aborted) throw thrown;
          if (!waits && held++ === 0) {
            log.warn({ code: problem.code, detail: problem.detail }, 'held up by an engine');
            subscription?.pause();
          }
          waits = true;
          deps.metrics.held(group, held);
          await sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal);
        }
      }
    } finally {
      if (waits && --held === 0) {
        log.info('the engines answer again');
        subscription?.resume();
      }
      if (waits) deps.metrics.held(group, held);
    }
  }

  async function record(
    entry: StoredRecord,
    started: number,
    outcome: Outcome,
    letter?: { partition: number; offset: number },
  ): Promise<void> {
    const time = now();
    deps.metrics.handled(group, outcome.code, outcome.failed ?? false, Math.max(0, time.getTime() - started) / 1000);
    if (!subscribed.recordsOutcomes) return;
    const trace = traceId(entry.headers['traceparent']);
    await publish(
      outgoing(
        outcomeRecorded,
        {
          entity: entry.key,
          stage: group,
          failed: outcome.failed ?? false,
          code: outcome.code,
          milliseconds: Math.max(0, time.getTime() - started),
          time: time.toISOString(),
          ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
          ...(trace === undefined ? {} : { trace }),
          ...(letter ? { letter: { topic: entry.topic, group, ...letter } } : {}),
        },
        {},
        `${group}/${entry.topic}/${entry.partition}/${entry.offset}`,
      ),
    );
  }

  async function putAside(entry: StoredRecord, problem: Problem, attempts: number) {
    const [position] = await bus.publish([
      {
        ...entry,
        topic: deadLetterTopic(entry.topic, group),
        headers: {
          ...entry.headers,
          dead_letter_code: problem.code,
          dead_letter_detail: problem.detail ?? '',
          dead_letter_attempts: String(attempts),
          dead_letter_topic: entry.topic,
          dead_letter_partition: String(entry.partition),
          dead_letter_offset: String(entry.offset),
          dead_letter_time: now().toISOString(),
        },
      },
    ]);
    return position;
  }

  async function fail(entry: StoredRecord, started: number, problem: Problem, attempts: number, signal: AbortSignal): Promise<void> {
    const outcome = { code: problem.code, failed: true, ...(problem.detail === undefined ? {} : { detail: problem.detail }) };
    const fields = { entity: entry.key, ...problemFields(problem), trace: traceId(entry.headers['traceparent']) };
    if (broadcast) return log.error({ ...fields, cause: problem.cause ?? problem }, 'a broadcast could not be handled');
    if (problem.fault === 'source') {
      const due = await insist(signal, () => retries.store(group, entry, problem));
      log.warn({ ...fields, due: due.toISOString() }, 'asked again later');
      await insist(signal, () => record(entry, started, outcome));
      return;
    }
    log.error({ ...fields, ...(problem.fault === 'unexpected' ? { cause: problem.cause ?? problem } : {}) }, 'put aside as a dead letter');
    const letter = await insist(signal, () => putAside(entry, problem, attempts));
    await insist(signal, () => record(entry, started, outcome, letter));
    await insist(signal, () => retries.settle(group, entry));
  }

  async function handle(entry: StoredRecord, signal: AbortSignal, replayed = false): Promise<void> {
    const started = now().getTime();
    for (let attempt = 1; ; attempt++) {
      try {
        const outcome = await insist(signal, () => dispatch(entry, signal, replayed));
        if (!outcome) return;
        await insist(signal, () => record(entry, started, outcome));
        log.debug({ entity: entry.key, code: outcome.code, ms: now().getTime() - started }, 'handled');
        if (replayed) await insist(signal, () => retries.settle(group, entry));
        return;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        const problem = asProblem(thrown);
        if (problem.fault === 'unexpected' && attempt < UNEXPECTED_TRIES) {
          await sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal);
          continue;
        }
        return fail(entry, started, problem, attempt, signal);
      }
    }
  }

  subscription = await bus.subscribe({
    group,
    topics,
    broadcast,
    concurrency: subscribed.concurrency,
    redeliverAfter: 1000,
    deliver: (entry, signal) => handle(entry, signal),
  });
  if (!broadcast) for (const topic of topics) deps.metrics.watchLag(group, topic, () => bus.lag(group, topic));
  return {
    group,
    broadcast,
    topics,
    handle,
    rest: (during) => subscription?.rest(during) ?? during(),
    rewind: (names, between) =>
      subscription?.rewind(
        names.map((topic) => ({ topic })),
        between,
      ) ?? between(),
    ready: () => held === 0,
    close: () => subscription?.close() ?? Promise.resolve(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('event-invalid', { detail: 'the data are not JSON', cause });
  }
}
