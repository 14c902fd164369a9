import { Problem } from './problem.ts';

/**
 * A port whose calls fail now and then with `port-unavailable`: before they act, or after, when the caller can't know that the effect
 * was made. Deterministic by `seed`. `except` names methods that never fail.
 */
export function flaky<P extends object>(
  port: P,
  seed: number,
  share = 0.2,
  except: readonly string[] = ['close', 'subscribe', 'collection'],
): P {
  const random = seeded(seed);
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || except.includes(String(name))) return member;
      return async (...parameters: unknown[]) => {
        const fails = random() < share;
        const actsFirst = random() < 0.5;
        const failure = () => new Problem('port-unavailable', { detail: `flaky: ${String(name)}` });
        if (fails && !actsFirst) throw failure();
        const value: unknown = await Reflect.apply(member, target, parameters);
        if (fails) throw failure();
        return value;
      };
    },
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
