import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { picture } from '@vitrine/demo/pictures.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, percentile, rounded } from './figure.ts';
import { cpuSeconds, familyOf, pssMegabytes } from './process-costs.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SETTLED = 60_000;
const IDLE = 20_000;
const UPDATES_A_SECOND = 10;
const SECONDS = 60;

/** The whole line as a user meets it: how long to the first tile, what it costs at rest, how fast an update is seen. */
export async function benchLine(): Promise<Figure[]> {
  const { firstTile, cpu, memory } = await demoAtRest();
  const delays = await updates();
  return [
    { name: 'npm start to the first tile of the demo, seconds', value: rounded(firstTile), at_most: 15 },
    { name: '60 s after it settled: share of a core in per cent', value: rounded(cpu * 100), at_most: 2 },
    { name: '60 s after it settled: PSS in MB', value: rounded(memory, 1), at_most: 250 },
    { name: 'publication to visible manifest, p50 seconds', value: rounded(percentile(delays, 0.5)) },
    { name: 'publication to visible manifest, p95 seconds', value: rounded(percentile(delays, 0.95)), at_most: 2 },
    { name: 'updates seen', value: delays.length, at_least: UPDATES_A_SECOND * SECONDS },
  ];
}

/** The environment without the caller's own settings. */
function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITRINE_')));
}

async function demoAtRest() {
  const folder = await temporaryFolder();
  const [port, demoPort] = [await freePort(), await freePort()];
  const base = `http://localhost:${port}`;
  const began = performance.now();
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...withoutSettings(), VITRINE_DATA: join(folder.path, 'data'), VITRINE_PORT: String(port), VITRINE_DEMO_PORT: String(demoPort) },
    stdio: 'ignore',
    detached: true,
  });
  try {
    await until(
      'the first tile',
      async () => {
        const list = await fetch(`${base}/api/v1/objects`)
          .then((reply) => reply.json())
          .catch(() => ({ objects: [] }));
        const manifest = list.objects[0]?.manifest;
        if (!manifest) return false;
        const body = await fetch(manifest).then((reply) => reply.text());
        const service = /"(http[^"]+~[0-9a-f]{10})"/.exec(body)?.[1];
        return service !== undefined && (await fetch(`${service}/0,0,256,256/256,256/0/default.jpg`)).status === 200;
      },
      60_000,
    );
    const firstTile = (performance.now() - began) / 1000;
    await until(
      'the demo has settled',
      async () => (await fetch(`${base}/api/v1/objects`).then((reply) => reply.json())).objects.length === 10,
      60_000,
    );
    await setTimeout(SETTLED);
    const listener = familyOf(npm.pid ?? 0, /demo\/src\/main/).filter((id) => id !== npm.pid);
    const before = cpuSeconds(listener);
    await setTimeout(IDLE);
    const cpu = (cpuSeconds(listener) - before) / (IDLE / 1000);
    return { firstTile, cpu, memory: pssMegabytes(listener) };
  } finally {
    // npm and all that it started are one process group.
    if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGTERM');
    await once(npm, 'exit');
    await setTimeout(1000);
    await folder.remove();
  }
}

async function updates(): Promise<number[]> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const { museum, stream, base: origin, close } = await openPublisher(0);
  const images = [{ id: 'sheet', master: picture({ width: 400, height: 300, seed: 1, format: 'jpeg' }) }];
  const OBJECTS = 50;
  const publish = (n: number, version: number) =>
    museum.publish({
      id: `object-${n}`,
      title: `Version ${version}`,
      images: [{ id: `sheet-${n}`, master: images[0]?.master ?? picture({ width: 9, height: 9, seed: 1, format: 'png' }) }],
    });
  for (let n = 0; n < OBJECTS; n++) publish(n, 0);
  const server = spawn(process.execPath, ['all-in-one/src/main.ts', 'start', '--source', `museum=${stream}`], {
    cwd: ROOT,
    env: {
      ...withoutSettings(),
      VITRINE_DATA: join(folder.path, 'data'),
      VITRINE_PORT: String(port),
      VITRINE_ALLOWED_ORIGINS: origin,
      VITRINE_HARVEST_SECONDS: '0.5',
    },
    stdio: 'ignore',
  });
  const labelOf = async (n: number) =>
    /"label":\{"en":\["Version (\d+)"\]/.exec(
      await fetch(`http://localhost:${port}/iiif/presentation/3/manifests/museum-object-${n}`)
        .then((reply) => reply.text())
        .catch(() => ''),
    )?.[1];
  try {
    await until(
      'all objects are there',
      async () => (await Promise.all(Array.from({ length: OBJECTS }, (_, n) => labelOf(n)))).every((label) => label === '0'),
      60_000,
    );
    const delays: number[] = [];
    const watching: Promise<void>[] = [];
    for (let sent = 0; sent < UPDATES_A_SECOND * SECONDS; sent++) {
      const object = sent % OBJECTS;
      const version = Math.floor(sent / OBJECTS) + 1;
      publish(object, version);
      const at = performance.now();
      watching.push(
        until(
          `version ${version} of ${object}`,
          async () => {
            await setTimeout(40);
            return Number((await labelOf(object)) ?? -1) >= version;
          },
          30_000,
        ).then(
          () => void delays.push((performance.now() - at) / 1000),
          () => {},
        ),
      );
      await setTimeout(1000 / UPDATES_A_SECOND);
    }
    await Promise.all(watching);
    return delays;
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    await close();
    await folder.remove();
  }
}
