import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seeded } from '@vitrine/platform/faults.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { difference } from '../play.ts';
import type { Tally } from '../tally.ts';
import { openFaultyPublisher } from './faulty-publisher.ts';
import { beginnings } from './publisher-script.ts';

type Options = { readonly kills: number; readonly each: number; readonly records: number; readonly seed: number };

/**
 * A harvest of very many records, killed at random moments, `each` times until it has ended, and again from the beginning until there were `kills`. Each ends with the
 * objects, and the last event of each, of the harvest that nobody killed.
 */
export async function playHarvestKills({ say, passed, failed }: Tally, { kills, each, records, seed }: Options): Promise<void> {
  const random = seeded(seed);
  const publisher = await openFaultyPublisher({ seed, wire: [], stream: [] });
  publisher.tell(beginnings(seed, records));
  try {
    const undisturbed = await harvest(publisher.stream, []);
    say(`${undisturbed.state.length} objects in ${undisturbed.milliseconds} ms, undisturbed (seed ${seed})`);
    for (let done = 0; done < kills; done += each) {
      const moments = Array.from({ length: Math.min(each, kills - done) }, () =>
        Math.round((random() * 2 * undisturbed.milliseconds) / each),
      );
      const name = `kills ${done + 1} to ${done + moments.length} of ${kills}, after ${moments.join(', ')} ms`;
      try {
        const { state, wrong, killed } = await harvest(publisher.stream, moments);
        const verdict = difference(state, undisturbed.state) || wrong.slice(0, 5).join('; ');
        if (verdict === '') passed(`${name}: the same end state (${killed} met it at work)`);
        else failed(`${name}: ${verdict.slice(0, 2000)}`);
      } catch (error) {
        failed(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await publisher.close();
  }
}

type Ended = { readonly state: string[]; readonly wrong: string[]; readonly milliseconds: number; readonly killed: number };

/** One harvest in a process of its own, killed after so many milliseconds each time. */
async function harvest(stream: string, moments: readonly number[]): Promise<Ended> {
  const folder = await temporaryFolder();
  const began = Date.now();
  let killed = 0;
  try {
    for (const moment of moments) {
      const child = start(folder.path, stream);
      const ended = once(child, 'message').then(() => 'ended' as const);
      const exit = once(child, 'exit');
      let timer: NodeJS.Timeout | undefined;
      const time = new Promise<'killed'>((resolve) => {
        timer = setTimeout(() => resolve('killed'), moment);
      });
      if ((await Promise.race([ended, time])) === 'killed') killed++;
      clearTimeout(timer);
      child.kill('SIGKILL');
      await exit;
    }
    const child = start(folder.path, stream);
    const exit = once(child, 'exit');
    const [{ state, wrong }] = await Promise.race([
      once(child, 'message'),
      exit.then(() => {
        throw new Error('the harvest ended before it was done');
      }),
    ]);
    await exit;
    return { state, wrong, milliseconds: Date.now() - began, killed };
  } finally {
    await rm(folder.path, { recursive: true, force: true });
  }
}

const start = (folder: string, stream: string): ChildProcess => fork(join(import.meta.dirname, 'harvest-process.ts'), [folder, stream]);
