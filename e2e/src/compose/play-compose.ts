import { setTimeout } from 'node:timers/promises';
import { openPublisher, type Publisher } from '@vitrine/demo/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { difference, play } from '../play.ts';
import type { Site } from '../site.ts';
import type { Tally } from '../tally.ts';
import { ComposeProject, ENGINES, SERVICES } from './compose-project.ts';
import { failuresOf } from './failures-of.ts';
import { stopEngine } from './stop-engine.ts';

const HOST = 'host.docker.internal';
/** nginx shows what it kept for five seconds. */
const CACHED = 6000;

/** Longer than a lease lasts. */
const ASLEEP = 40_000;

export type Disturbance = {
  readonly name: string;
  readonly patience: number;
  /** Options of `docker compose up`. */
  readonly scale?: readonly string[];
  readonly disturb: (project: ComposeProject, site: Site) => Promise<void>;
};

/** Killed as soon as the first objects are seen, so that it is amid its work. */
const kill = (container: string): Disturbance => ({
  name: `kill-${container}`,
  patience: 4,
  disturb: async (project, site) => {
    await site.sees('the portrait', async () => (await site.manifest('museum-portrait')).status, 200);
    await project.killAndStart(container);
  },
});

const stop = (engine: (typeof ENGINES)[number]): Disturbance => ({
  name: `stop-${engine}`,
  patience: 6,
  disturb: (project, site) => stopEngine(project, site, engine),
});

const REPLICAS = ['--scale', 'harvester=2', '--scale', 'converter=2', '--scale', 'image=2'];

/** Replicas share the work, and what one of them does no other does again. */
const scaled: Disturbance = { name: 'scale', patience: 3, scale: REPLICAS, disturb: async () => {} };

/** Each of two harvesters sleeps through its lease in turn, and wakes up while the other has it. */
const paused: Disturbance = {
  name: 'pause-harvester',
  patience: 6,
  scale: REPLICAS,
  disturb: async (project, site) => {
    await site.sees('the portrait', async () => (await site.manifest('museum-portrait')).status, 200);
    for (const place of [1, 2]) {
      await project.pause('harvester', place);
      await setTimeout(ASLEEP);
      await project.unpause('harvester', place);
    }
  },
};

const disturbances: readonly Disturbance[] = [...[...SERVICES, 'nginx', ...ENGINES].map(kill), ...ENGINES.map(stop), scaled, paused];

/** What a play runs on: the same ports for every play, since addresses are part of the end state. */
export type Stage = {
  readonly ports: { readonly vitrine: number; readonly museum: number };
  /** The name by which the containers reach the museum. */
  readonly museum: string;
  readonly files?: readonly string[];
  readonly settings?: Record<string, string>;
  /** What must be there before the services start. */
  readonly prepare?: (project: ComposeProject) => Promise<void>;
};

type ComposeRun = { short: boolean; names: readonly string[] };

/** The scenario against docker-compose.yml: undisturbed, then with each disturbance, every time on empty volumes. */
export async function playCompose(tally: Tally, { short, names }: ComposeRun): Promise<void> {
  const chosen = names.length > 0 ? disturbances.filter(({ name }) => names.includes(name)) : disturbances;
  const stage = { ports: { vitrine: await freePort(), museum: await freePort() }, museum: HOST };
  const expected = await playOnce(tally, stage, 'undisturbed');
  if (!expected || short) return;
  for (const disturbance of chosen) await playOnce(tally, stage, disturbance.name, disturbance, expected);
}

let plays = 0;

/** One play on a project of its own; answers its end state, undefined where it failed. */
export async function playOnce(
  tally: Tally,
  { ports, museum, files = [], settings = {}, prepare }: Stage,
  name: string,
  disturbance?: Disturbance,
  expected?: readonly string[],
): Promise<readonly string[] | undefined> {
  const publisher: Publisher = await openPublisher(ports.museum, { listen: '0.0.0.0', name: museum });
  // Each play under a name of its own: a network that the engine can't let go of must not end the plays that follow.
  const project = new ComposeProject({ name: `vitrine-e2e-${++plays}`, port: ports.vitrine, stream: publisher.stream, files, settings });
  try {
    await project.remove();
    await prepare?.(project);
    const began = Date.now();
    await project.up(...(disturbance?.scale ?? []));
    tally.say(`${name}: healthy after ${Math.round((Date.now() - began) / 1000)} s`);
    const { state, milliseconds } = await play({
      server: project,
      museum: publisher.museum,
      step: (title) => tally.say(`  ${title}`),
      patience: disturbance?.patience ?? 2,
      cached: CACHED,
      ...(disturbance ? { disturb: (site: Site) => disturbance.disturb(project, site) } : {}),
      ...(expected ? { expected } : {}),
    });
    const failures = await failuresOf(project);
    const verdict = [expected ? difference(state, expected) : '', ...failures].filter(Boolean).join('\n');
    if (verdict !== '') throw new Error(verdict);
    tally.passed(`${name}: ${state.length} lines of end state in ${Math.round(milliseconds / 1000)} s`);
    return state;
  } catch (error) {
    tally.failed(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    tally.say(await project.logs().catch(() => ''));
    return undefined;
  } finally {
    await project.remove().catch(() => {});
    await publisher.close();
  }
}
