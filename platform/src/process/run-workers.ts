import cluster, { type Worker } from 'node:cluster';
import type { Log } from '../log.ts';
import { answerForWorkers } from './worker-metrics.ts';

/** A worker that ends is replaced after this long, and twice as long each time it ends within a minute; in milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const STEADY = 60_000;
/** Milliseconds in which a worker that is to end must have closed its port. */
const LEAVES = 1000;

type Surroundings = Pick<NodeJS.Process, 'on' | 'exit' | 'env' | 'execArgv'>;

/** The place of a worker among its like, and the number that tells it from those that had the place before. */
export type WorkerPlace = { readonly place: number; readonly replica: string };

type WorkersOptions = {
  count: number;
  log: Log;
  surroundings: Surroundings;
  /** What a worker does, in a process of its own. */
  work: (worker: WorkerPlace) => Promise<void>;
};

const PLACE = 'WORKER_PLACE';
/** Megabytes of young objects; V8 takes four times as much by itself, a hundred megabytes of a worker, to nobody's use. */
const YOUNG = '--max-semi-space-size=4';

/**
 * Several processes behind one port. One that ends is replaced, while the others serve; on SIGHUP each is replaced in turn, the new one listening
 * before the old one ends. SIGTERM and SIGINT end all in order. The process that oversees them does nothing else, so it does not fall.
 */
export async function runWorkers({ count, log, surroundings, work }: WorkersOptions): Promise<void> {
  if (cluster.worker) return work({ place: Number(surroundings.env[PLACE]), replica: String(cluster.worker.id) });
  answerForWorkers();
  cluster.setupPrimary({ execArgv: [...surroundings.execArgv, YOUNG] });
  let ending = false;
  let pause = FIRST_PAUSE;
  const retiring = new Set<Worker>();
  /** Those that are to take another's place, which has it until they listen. */
  const replacing = new Set<Worker>();
  const places = new Map<Worker, number>();
  const running = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const fork = (place: number) => {
    // The C library keeps memory apart for every thread otherwise, which pictures fragment.
    const worker = cluster.fork({ MALLOC_ARENA_MAX: '2', [PLACE]: String(place) });
    places.set(worker, place);
    const began = Date.now();
    // What could not be started is an end like any other.
    worker.on('error', (cause) => log.error({ worker: worker.id, cause }, 'a worker can’t be reached'));
    worker.once('exit', (code: number | null, signal: string | null) => {
      places.delete(worker);
      if (ending) {
        if (running().length === 0) surroundings.exit(0);
        return;
      }
      if (retiring.delete(worker) || replacing.delete(worker)) return;
      // What is wrong with the settings is wrong for every worker, and said by it.
      if (code !== null && code > 1 && Date.now() - began < STEADY && running().length === 0) return surroundings.exit(code);
      pause = Date.now() - began < STEADY ? Math.min(LONGEST_PAUSE, pause * 2) : FIRST_PAUSE;
      log.error({ worker: worker.id, code, signal, again: pause }, 'a worker has ended and is replaced');
      setTimeout(() => {
        if (!ending) fork(place);
      }, pause);
    });
    return worker;
  };
  const end = () => {
    ending = true;
    if (running().length === 0) surroundings.exit(0);
    for (const worker of running()) stop(worker);
  };
  const replaceOne = async (old: Worker): Promise<boolean> => {
    const next = fork(places.get(old) ?? 0);
    replacing.add(next);
    const listening = await new Promise<boolean>((resolve) => {
      next.once('listening', () => resolve(true)).once('exit', () => resolve(false));
    });
    if (!replacing.delete(next) || !listening) return false;
    // Ended by itself meanwhile, it has been replaced already: one too many is one to stop.
    const retired = running().includes(old) ? old : next;
    retiring.add(retired);
    stop(retired);
    return true;
  };
  let turn: Promise<unknown> = Promise.resolve();
  const replace = () => {
    turn = turn.then(async () => {
      for (const old of running()) {
        if (ending || retiring.has(old)) continue;
        if (await replaceOne(old)) continue;
        if (!ending) log.error('a new worker does not start: the old ones stay');
        return;
      }
    });
  };
  surroundings.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', replace);
  for (let place = 0; place < count; place++) fork(place);
}

/**
 * First it is taken off the list of those that get connections, and closes its port: one that is on its way to it arrives before that, where a worker
 * that ends would take it along.
 */
function stop(worker: Worker): void {
  const { process: child } = worker;
  const end = () => {
    clearTimeout(late);
    child.kill('SIGTERM');
  };
  const late = setTimeout(end, LEAVES);
  if (worker.isConnected()) worker.once('disconnect', end).disconnect();
  else end();
}
