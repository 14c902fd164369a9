import { join } from 'node:path';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { play } from './play.ts';
import { VitrineProcess } from './vitrine-process.ts';

type Ports = { readonly vitrine: number; readonly museum: number };

type PlayProcess = {
  ports: Ports;
  step?: (title: string) => void;
  /** Milliseconds after the start at which the server is killed and started again. */
  kill?: number;
  expected?: readonly string[];
};

/** Plays the scenario on a fresh process; answers also whether it was killed. */
export async function playProcess({
  ports,
  kill,
  ...options
}: PlayProcess): Promise<{ state: string[]; milliseconds: number; killed: boolean }> {
  const folder = await temporaryFolder();
  const { museum, stream, close } = await openPublisher(ports.museum);
  const server = new VitrineProcess({ data: join(folder.path, 'data'), port: ports.vitrine, stream });
  let killed = false;
  const disturb = async () => {
    if (kill === undefined) return;
    await new Promise((done) => setTimeout(done, kill));
    killed = await server.killAndStart();
  };
  try {
    await server.start();
    const played = await play({ ...options, server, museum, disturb });
    await server.stop();
    return { ...played, killed };
  } finally {
    await server.stop().catch(() => {});
    await close();
    await folder.remove();
  }
}
