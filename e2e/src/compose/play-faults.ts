import { setTimeout } from 'node:timers/promises';
import { freePort } from '@vitrine/platform/free-port.ts';
import type { Tally } from '../tally.ts';
import type { ComposeProject } from './compose-project.ts';
import { type Disturbance, playOnce } from './play-compose.ts';
import { type Toxic, Toxiproxy } from './toxiproxy.ts';

const FAULT = 20_000;

/** Each link by the port that the proxy has for it, and where it leads. */
const links = {
  bus: [9092, 'kafka:9092'],
  documents: [27017, 'mongo:27017'],
  index: [9200, 'opensearch:9200'],
  blobs: [7070, 's3:7070'],
} as const;

const toxics: Readonly<Record<string, Toxic>> = {
  latency: { type: 'latency', attributes: { latency: 400, jitter: 200 } },
  bandwidth: { type: 'bandwidth', attributes: { rate: 20 } },
  timeout: { type: 'timeout', attributes: { timeout: 0 } },
  slicer: { type: 'slicer', attributes: { average_size: 32, size_variation: 16, delay: 100 } },
  limit: { type: 'limit_data', attributes: { bytes: 5000 } },
  reset: { type: 'reset_peer', attributes: { timeout: 100 } },
};

const cells = [...Object.keys(links), 'publisher'].flatMap((link) =>
  Object.entries(toxics).map(([fault, toxic]) => ({ name: `${link}-${fault}`, link, toxic })),
);

/** The scenario with a fault on one link for a while, a cell each: it ends as it does undisturbed, and no process dies. */
export async function playFaults(tally: Tally, names: readonly string[]): Promise<void> {
  const chosen = names.length > 0 ? cells.filter(({ name }) => names.includes(name)) : cells;
  if (chosen.length === 0) return tally.failed(`no such cell; they are ${cells.map(({ name }) => name).join(', ')}`);
  const ports = { vitrine: await freePort(), museum: await freePort(), toxiproxy: await freePort() };
  const proxy = new Toxiproxy(ports.toxiproxy);
  const stage = {
    ports,
    museum: 'toxiproxy',
    files: ['e2e/faults.compose.yml'],
    settings: { TOXIPROXY_PORT: String(ports.toxiproxy) },
    prepare: async (project: ComposeProject) => {
      await project.compose('up', '-d', 'toxiproxy');
      await proxy.answers();
      for (const [link, [listen, upstream]] of Object.entries(links)) await proxy.link(link, listen, upstream);
      await proxy.link('publisher', ports.museum, `host.docker.internal:${ports.museum}`);
    },
  };
  const expected = await playOnce(tally, stage, 'undisturbed');
  if (!expected) return;
  for (const { name, link, toxic } of chosen) {
    const disturbance: Disturbance = {
      name,
      patience: 6,
      disturb: async (project, site) => {
        await site.sees('the portrait', async () => (await site.manifest('museum-portrait')).status, 200);
        const before = await project.restarts();
        await proxy.poison(link, toxic);
        await setTimeout(FAULT);
        await proxy.heal();
        const died = await project.restarts();
        if (died !== before) throw new Error(`a process died: ${before} became ${died}`);
      },
    };
    await playOnce(tally, stage, name, disturbance, expected);
  }
}
