import type { Museum } from '@vitrine/demo/museum.ts';
import { endState } from './end-state.ts';
import { scenario } from './scenario.ts';
import type { Server } from './server.ts';
import { Site } from './site.ts';

type Play = {
  server: Server;
  museum: Museum;
  step?: (title: string) => void;
  /** Runs beside the scenario, and is waited for. */
  disturb?: (site: Site) => Promise<void>;
  /** How many times longer than undisturbed each step may take. */
  patience?: number;
  /** The end state that must be reached; without, whatever is there once the scenario has ended. */
  expected?: readonly string[];
  /** Milliseconds for which a cache in front may show what was. */
  cached?: number;
};

const SETTLE = 30_000;

type Played = { state: string[]; milliseconds: number };

/** Plays the scenario on a server that has just started; answers the end state and how long it took. */
export async function play({ server, museum, step = () => {}, disturb, patience = 1, expected, cached = 0 }: Play): Promise<Played> {
  const site = new Site(server.base, patience);
  const began = Date.now();
  try {
    const disturbing = disturb?.(site);
    await Promise.all([disturbing, scenario({ site, museum, step, server })]);
    const milliseconds = Date.now() - began;
    await new Promise((done) => setTimeout(done, cached));
    const token = await server.token();
    let state = await endState(site, token);
    for (const end = Date.now() + SETTLE * patience; expected && state.join() !== expected.join() && Date.now() < end; ) {
      await new Promise((done) => setTimeout(done, 200));
      state = await endState(site, token).catch(() => []);
    }
    return { state, milliseconds };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe server said:\n${server.output}`, { cause: error });
  }
}

/** How a state differs from the one expected; empty where it does not. */
export function difference(state: readonly string[], expected: readonly string[]): string {
  const lost = expected.filter((line) => !state.includes(line));
  const added = state.filter((line) => !expected.includes(line));
  return lost.length + added.length === 0 ? '' : `differs\n- ${lost.join('\n- ')}\n+ ${added.join('\n+ ')}`;
}
