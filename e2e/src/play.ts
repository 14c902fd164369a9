import { join } from 'node:path';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { endState } from './end-state.ts';
import { scenario } from './scenario.ts';
import { Site } from './site.ts';
import { VitrineProcess } from './vitrine-process.ts';

type Ports = { readonly vitrine: number; readonly museum: number };

type Play = {
  ports: Ports;
  step?: (title: string) => void;
  /** Milliseconds after the start at which the server is killed and started again. */
  kill?: number;
  /** The end state that must be reached; without, whatever is there once the scenario has ended. */
  expected?: readonly string[];
};

const SETTLE = 30_000;

type Played = { state: string[]; milliseconds: number; killed: boolean };

/** Plays the scenario on a fresh server; answers the end state, how long it took, and whether the server was killed. */
export async function play({ ports, step = () => {}, kill, expected }: Play): Promise<Played> {
  const folder = await temporaryFolder();
  const { museum, stream, close } = await openPublisher(ports.museum);
  const server = new VitrineProcess({ data: join(folder.path, 'data'), port: ports.vitrine, stream });
  const site = new Site(server.base);
  const began = Date.now();
  try {
    await server.start();
    const killing =
      kill === undefined ? Promise.resolve(false) : new Promise((done) => setTimeout(done, kill)).then(() => server.killAndStart());
    await scenario({
      site,
      museum,
      step,
      server: {
        stop: () => server.stop(),
        start: () => server.start(),
        replayAll: async () => {
          // The command may meet the server while it is down: then it says so, and is given again.
          for (let tries = 0; tries < 50; tries++) {
            if ((await server.run('replay', '--all', '--drop-derived')) === 0) return;
            await new Promise((done) => setTimeout(done, 200));
          }
          throw new Error('the replay was never taken');
        },
      },
    });
    const milliseconds = Date.now() - began;
    const killed = await killing;
    const token = await server.token();
    let state = await endState(site, token);
    for (const end = Date.now() + SETTLE; expected && state.join() !== expected.join() && Date.now() < end; ) {
      await new Promise((done) => setTimeout(done, 200));
      state = await endState(site, token).catch(() => []);
    }
    await server.stop();
    return { state, milliseconds, killed };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe server said:\n${server.output}`, { cause: error });
  } finally {
    await server.stop().catch(() => {});
    await close();
    await folder.remove();
  }
}
