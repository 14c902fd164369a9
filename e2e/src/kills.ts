import { seeded } from '@vitrine/platform/faults.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { difference } from './play.ts';
import { playProcess } from './play-process.ts';
import type { Tally } from './tally.ts';

/** The scenario undisturbed, then killed at `kills` random moments, each ending in the same state. */
export async function playKills({ say, passed, failed }: Tally, kills: number, seed: number): Promise<void> {
  const random = seeded(seed);
  const ports = { vitrine: await freePort(), museum: await freePort() };
  say(`undisturbed (seed ${seed}):`);
  const { state: expected, milliseconds } = await playProcess({ ports, step: (title) => say(`  ${title}`) });
  passed(`${expected.length} lines of end state in ${milliseconds} ms`);
  for (let done = 0; done < kills; ) {
    const kill = Math.round(random() * milliseconds);
    const name = `kill ${done + 1} of ${kills} at ${kill} ms`;
    try {
      const { state, killed } = await playProcess({ ports, kill, expected });
      // The moment met the server while it was stopped: that was no kill.
      if (!killed) continue;
      const verdict = difference(state, expected);
      if (verdict === '') passed(`${name}: the same end state`);
      else failed(`${name}: ${verdict}`);
    } catch (error) {
      failed(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    done++;
  }
}
