/** Politeness: how many requests go to one host at once. */
export type HostTurns = {
  /** Resolves when it is our turn; the answer ends it. */
  enter(host: string): Promise<() => void>;
};

type HostState = { running: number; readonly waiting: (() => void)[] };

/** Turns of this process alone. */
export function localTurns(atOnce: number): HostTurns {
  const hosts = new Map<string, HostState>();
  return {
    enter: async (host) => {
      const state = hosts.get(host) ?? { running: 0, waiting: [] };
      hosts.set(host, state);
      while (state.running >= atOnce) await new Promise<void>((resolve) => state.waiting.push(resolve));
      state.running++;
      return () => {
        state.running--;
        state.waiting.shift()?.();
        if (state.running === 0 && state.waiting.length === 0) hosts.delete(host);
      };
    },
  };
}
