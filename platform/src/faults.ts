import { setTimeout } from 'node:timers/promises';
import { Problem } from './problem.ts';

/** What openers and closers are called: a fault in them is another test. */
const LIFECYCLE = ['close', 'subscribe'];

type Call = () => Promise<unknown>;

/**
 * A port with a fault: `around` decides what becomes of each call of a method that is not among `except`. The collections of a document store
 * and the readers of a blob store have the fault too; such a reader reads nothing at once.
 */
function withFault<P extends object>(port: P, except: readonly string[], around: (name: string, call: Call) => Promise<unknown>): P {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || except.includes(String(name))) return member;
      if (name === 'readNow') return () => undefined;
      if (name === 'collection' || name === 'reader')
        return async (...parameters: unknown[]) => withFault(Object(await Reflect.apply(member, target, parameters)), except, around);
      return (...parameters: unknown[]) => around(String(name), async () => Reflect.apply(member, target, parameters));
    },
  });
}

/**
 * A port whose calls fail now and then with `port-unavailable`: before they act, or after, when the caller can't know that the effect
 * was made. Deterministic by `seed`. `except` names methods that never fail.
 */
export function flaky<P extends object>(port: P, seed: number, share = 0.2, except: readonly string[] = LIFECYCLE): P {
  const random = seeded(seed);
  return withFault(port, except, async (name, call) => {
    const fails = random() < share;
    const actsFirst = random() < 0.5;
    const failure = () => new Problem('port-unavailable', { detail: `flaky: ${name}` });
    if (fails && !actsFirst) throw failure();
    const value = await call();
    if (fails) throw failure();
    return value;
  });
}

/** A port whose calls each take up to `milliseconds` longer. Deterministic by `seed`. Methods that answer a stream are not slowed. */
export function slow<P extends object>(
  port: P,
  seed: number,
  milliseconds: number,
  except: readonly string[] = [...LIFECYCLE, 'stream', 'list'],
): P {
  const random = seeded(seed);
  return withFault(port, except, async (_name, call) => {
    await setTimeout(random() * milliseconds);
    return call();
  });
}

/** A port that answers nothing while `isBroken` says so. */
export function broken<P extends object>(
  port: P,
  isBroken: () => boolean,
  except: readonly string[] = [...LIFECYCLE, 'stream', 'list'],
): P {
  return withFault(port, except, async (name, call) => {
    if (isBroken()) throw new Problem('port-unavailable', { detail: `broken: ${name}` });
    return call();
  });
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
