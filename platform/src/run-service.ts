import { fullReplayRequested, letterReplayRequested } from '@vitrine/contracts/events/replay-requested.ts';
import { deadLetterTopic, topics } from '@vitrine/contracts/topics.ts';
import type { ServiceDeps } from './deps.ts';
import { migrate } from './documents/migrate.ts';
import { type Consumer, type ConsumerDeps, startConsumer } from './events/consumer.ts';
import { on } from './events/handler.ts';
import { openRebuildBoard } from './events/rebuild-board.ts';
import { openStoredRetries } from './events/stored-retries.ts';
import type { Metrics } from './metrics.ts';
import { patiently } from './patiently.ts';
import { asProblem, Problem } from './problem.ts';
import type { Service } from './service.ts';
import { sleep } from './sleep.ts';

export type RunningService = {
  readonly service: Service;
  /** Undefined when its groups flow, else which does not. */
  fault(): string | undefined;
  /** No new work; what is under way ends or is left for the next start. */
  stop(): Promise<void>;
};

type RunOptions = { deps: ServiceDeps; metrics: Metrics; retryBase: number; retryTick: number; hearsOnly?: boolean };

/** Of how many ticks one looks whether another replica rebuilds. */
const BOARD_EVERY = 3;
/** Why a service reads again at a start. */
const OUTDATED = 'outdated';

/** Starts a service's groups, stored retries, replays and timers; or the broadcasts alone. */
export async function runService(
  service: Service,
  { deps, metrics, retryBase, retryTick, hearsOnly = false }: RunOptions,
): Promise<RunningService> {
  const { log } = deps;
  const stopping = new AbortController();
  const start = <T>(step: () => Promise<T>) => patiently(log, stopping.signal, step);
  await start(() => migrate(service.name, deps.documents, service.migrations ?? [], log));
  const retries = await start(() => openStoredRetries(service.name, deps.documents, () => deps.now().getTime(), retryBase));
  const consumerDeps: ConsumerDeps = { ...deps, retries, log, metrics };
  const board = await start(() => openRebuildBoard(service.name, deps.documents));
  const consumers: Consumer[] = [];

  /** Those that keep their place: what each replica hears for itself has none. */
  const groups = () => consumers.filter(({ broadcast }) => !broadcast);
  const consumerOf = (group: string) => consumers.find((consumer) => consumer.group === group);

  let resting = new AbortController();
  let rests = 0;
  let retry: Promise<void> = Promise.resolve();

  /**
   * While state is dropped nothing may note as done what is being taken away: a stored retry that is under way is given up, and done again when
   * its claim has run out.
   */
  async function withoutRetries<T>(work: () => Promise<T>): Promise<T> {
    rests++;
    resting.abort();
    try {
      await retry.catch(() => {});
      return await work();
    } finally {
      if (--rests === 0) resting = new AbortController();
    }
  }

  async function replayLetter(group: string, topic: string, position: { partition: number; offset: number }, signal: AbortSignal) {
    const consumer = consumerOf(group);
    if (!consumer) return { code: 'not-mine' };
    const letter = await deps.bus.read(deadLetterTopic(topic, group), position);
    if (!letter) return { code: 'letter-gone' };
    const { dead_letter_offset: offset, dead_letter_partition: partition } = letter.headers;
    await consumer.handle({ ...letter, topic, partition: Number(partition), offset: Number(offset) }, signal, true);
    return { code: 'replayed' };
  }

  /** Only compacted topics are read again: they hold every entity's newest state, while old work has been done. Every group is at rest while `between` runs. */
  async function readAgain(reason: string, between: () => Promise<void>): Promise<void> {
    const all = groups().reduceRight((within, consumer) => () => consumer.rewind(consumer.topics.filter(isCompacted), within), between);
    await withoutRetries(() => board.lead(reason, all));
  }

  async function readOutdated(): Promise<void> {
    if (!service.isOutdated) return;
    if (!(await board.isUnfinished(OUTDATED)) && !(await service.isOutdated())) return;
    log.warn({ service: service.name }, 'what a former release derived is derived again');
    await readAgain(OUTDATED, async () => {});
  }

  async function replayAll(replay: string, dropDerived: boolean, signal: AbortSignal) {
    if (dropDerived && service.dropDerived) {
      // Every group is at rest while state is dropped, or one would note as done what is being taken away.
      const drop = async () => {
        // Whoever was given the command meanwhile drops: this one must not do it after them.
        signal.throwIfAborted();
        await service.dropDerived?.();
      };
      await readAgain(replay, drop);
    }
    await service.emitAgain?.(replay);
    return { code: 'replayed' };
  }

  const replays = {
    group: `${service.name}-replay`,
    concurrency: 1,
    recordsOutcomes: false,
    handlers: [
      on(letterReplayRequested, ({ data }, { signal }) => replayLetter(data.group, data.topic, data, signal)),
      on(fullReplayRequested, ({ data }, { signal }) => replayAll(data.replay, data.dropDerived, signal)),
    ],
  };
  for (const subscription of service.subscriptions)
    if (subscription.broadcast || !hearsOnly) consumers.push(await start(() => startConsumer(subscription, consumerDeps)));
  const replaying = hearsOnly ? undefined : await start(() => startConsumer(replays, consumerDeps));

  /** Another replica drops what is derived: this one's groups are at rest meanwhile. */
  async function restWhileRebuilt(signal: AbortSignal): Promise<void> {
    const wait = () => board.untilDone(retryTick, signal);
    await groups().reduceRight((within, consumer) => () => consumer.rest(within), wait)();
  }

  async function watchRebuilds(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(BOARD_EVERY * retryTick, signal);
      if (!signal.aborted && (await board.isLedByAnother())) await withoutRetries(() => restWhileRebuilt(signal));
    }
  }

  async function retryDue(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(retryTick, signal);
      if (signal.aborted || resting.signal.aborted) continue;
      const given = AbortSignal.any([signal, resting.signal]);
      retry = handleDue(given);
      await retry.catch((thrown: unknown) => {
        if (!given.aborted) throw thrown;
      });
    }
  }

  async function handleDue(signal: AbortSignal): Promise<void> {
    for await (const { group, record } of retries.due()) {
      if (signal.aborted) return;
      await consumerOf(group)?.handle(record, signal, true);
    }
  }

  // A timer's work that failed begins again: its state is in the stores, not in the task.
  async function keepRunning(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = stopping;
    while (!signal.aborted) {
      try {
        await task(signal);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = asProblem(thrown);
        log.error({ code: problem.code, detail: problem.detail, cause: problem.cause ?? problem }, 'a timer failed and starts again');
        await sleep(1000, signal);
      }
    }
  }

  const tasks = [...(hearsOnly ? [] : [watchRebuilds, retryDue, readOutdated]), ...service.tasks].map(keepRunning);
  return {
    service,
    fault: () => {
      const waiting = consumers.find((consumer) => !consumer.ready());
      return waiting && `group ${waiting.group} waits for an engine`;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([...consumers, replaying].map((consumer) => consumer?.close()));
      await Promise.all(tasks);
      await service.close();
    },
  };
}

function isCompacted(topic: string): boolean {
  const entry = Object.entries(topics).find(([name]) => name === topic)?.[1];
  if (!entry) throw new Problem('unexpected', { detail: `no topic ${topic}` });
  return entry.cleanup === 'compact';
}
