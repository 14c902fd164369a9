import { seeded } from '@vitrine/platform/faults.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { difference } from '../play.ts';
import type { Tally } from '../tally.ts';
import { openFaultyPublisher, STREAM_FAULTS, type StreamFault, WIRE_FAULTS, type WireFault } from './faulty-publisher.ts';
import { objectsOf, openHarvesterAlone, untold } from './harvester-alone.ts';
import { beginnings, changes, type Happening } from './publisher-script.ts';

const OBJECTS = 60;
const AT_ONCE = 4;
/** Milliseconds that a harvest under faults may take until it has arrived: a host that failed ten times in a row is asked a minute later. */
const PATIENCE = 300_000;

type Faults = { readonly wire: readonly WireFault[]; readonly stream: readonly StreamFault[] };

/** The same museum harvested as it should be and under faults, by seed: both arrive at the same objects. */
export async function playPublisher({ say, passed, failed }: Tally, seeds: number, first: number): Promise<void> {
  const turns = Array.from({ length: seeds }, (_, n) => first + n);
  async function worker(): Promise<void> {
    for (let seed = turns.shift(); seed !== undefined; seed = turns.shift()) {
      const faults = faultsOf(seed);
      const name = `seed ${seed}: ${[...faults.stream, ...faults.wire].join(', ')}`;
      try {
        const began = Date.now();
        const verdict = await compare(seed, faults);
        if (verdict === '') passed(`${name}: the same objects after ${Date.now() - began} ms`);
        else failed(`${name}: ${verdict}`);
      } catch (error) {
        failed(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  say(`${seeds} publishers from seed ${first}:`);
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Each fault alone first, then several at once. */
function faultsOf(seed: number): Faults {
  const random = seeded(seed);
  const singles = [
    ...WIRE_FAULTS.map((fault) => ({ wire: [fault], stream: [] })),
    ...STREAM_FAULTS.map((fault) => ({ wire: [], stream: [fault] })),
  ];
  const single = singles[seed - 1];
  if (single) return single;
  const some = <T>(all: readonly T[], share: number) => all.filter(() => random() < share);
  return { wire: some(WIRE_FAULTS, 0.4), stream: some(STREAM_FAULTS, 0.3) };
}

/** How what was harvested under faults differs from what was harvested without, act by act; empty where it doesn't. */
export async function compare(seed: number, faults: Faults): Promise<string> {
  const script = [beginnings(seed, OBJECTS), [...beginnings(seed, OBJECTS), ...changes(seed, OBJECTS)]];
  const expected = await harvest(seed, { wire: [], stream: [] }, script);
  const states = await harvest(seed, faults, script, expected);
  return (
    states.map(({ state, fault }, n) => ofAct(n, difference(state, expected[n]?.state ?? []), fault)).find((verdict) => verdict !== '') ??
    ''
  );
}

const ofAct = (act: number, verdict: string, fault: string): string =>
  verdict === '' ? '' : `act ${act + 1}, at last ${fault}: ${verdict}`;

/** The objects at the end of an act, and what is wrong with the source then. */
type Arrived = { readonly state: string[]; readonly fault: string };

/** What the museum says is told act by act; each is over when its objects are what they should be, or, undisturbed, when nothing changes any more. */
async function harvest(
  seed: number,
  faults: Faults,
  script: readonly (readonly Happening[])[],
  expected?: readonly Arrived[],
): Promise<Arrived[]> {
  const publisher = await openFaultyPublisher({ seed, ...faults });
  const folder = await temporaryFolder();
  const harvester = await openHarvesterAlone(folder.path, publisher.stream);
  try {
    const states: Arrived[] = [];
    for (const [act, happenings] of script.entries()) {
      publisher.tell(happenings);
      let before = '';
      let calm = 0;
      await until(
        `act ${act + 1} is over`,
        async () => {
          const state = await objectsOf(harvester, publisher.base);
          if (expected) return difference(state, expected[act]?.state ?? []) === '';
          const now = state.join('\n');
          calm = now === before && state.length > 0 ? calm + 1 : 0;
          before = now;
          return calm > 12;
        },
        PATIENCE,
      ).catch(() => {});
      const { fault } = (await harvester.stores.sources.get('museum')) ?? {};
      states.push({ state: await objectsOf(harvester, publisher.base), fault: fault ? JSON.stringify(fault) : 'no fault' });
    }
    let wrong: string[] = [];
    await until('every event is out', async () => {
      wrong = await untold(harvester);
      return wrong.length === 0;
    }).catch(() => {
      throw new Error(wrong.slice(0, 3).join('; '));
    });
    return states;
  } finally {
    await harvester.close();
    await publisher.close();
    await folder.remove();
  }
}
