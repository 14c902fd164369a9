import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { ComposeProject, SERVICES } from '@vitrine/e2e/compose/compose-project.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { type Figure, rounded } from './figure.ts';
import { cpuSeconds, familyOf } from './process-costs.ts';

const execute = promisify(execFile);
/** Until what a start brings with it is over: code that is compiled as it warms up, and the collections that clear up after it. */
const SETTLE = 120_000;
const IDLE = 60_000;
const UNCHECKED = join(import.meta.dirname, '../idle.compose.yml');

/** docker-compose.yml: how long until it is healthy, and what each service costs while nothing happens, health checks apart. */
export async function composeCosts(): Promise<Figure[]> {
  const museum = await openPublisher(await freePort(), { listen: '0.0.0.0', name: 'host.docker.internal' });
  const settings = { VITRINE_HARVEST_SECONDS: '60', VITRINE_RETRY_SECONDS: '5' };
  const options = { name: 'vitrine-bench', port: await freePort(), stream: museum.stream, settings };
  const project = new ComposeProject(options);
  const unchecked = new ComposeProject({ ...options, files: [UNCHECKED] });
  try {
    await project.remove();
    await project.compose('build');
    const began = performance.now();
    await project.up();
    const healthy = (performance.now() - began) / 1000;
    await unchecked.compose('up', '-d', '--no-deps', ...SERVICES);
    await setTimeout(SETTLE);
    const processes = new Map<string, number>();
    for (const service of SERVICES) {
      const container = (await project.compose('ps', '-q', service)).trim();
      processes.set(service, Number((await execute('docker', ['inspect', '-f', '{{.State.Pid}}', container])).stdout));
    }
    const before = new Map([...processes].map(([service, id]) => [service, cpuSeconds(familyOf(id, /^$/))]));
    await setTimeout(IDLE);
    const idle = [...processes].map(
      ([service, id]): Figure => ({
        name: `${service} idle on Kafka, share of a core in per cent`,
        value: rounded(((cpuSeconds(familyOf(id, /^$/)) - (before.get(service) ?? 0)) / (IDLE / 1000)) * 100),
        at_most: 0.5,
      }),
    );
    return [{ name: 'docker compose up to healthy, images built, in seconds', value: rounded(healthy, 1), at_most: 60 }, ...idle];
  } finally {
    await project.remove().catch(() => {});
    await museum.close();
  }
}
