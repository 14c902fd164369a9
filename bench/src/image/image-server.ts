// The image service as its own processes run it, on embedded adapters: started by start-image-server.ts with its task as JSON.

import { join } from 'node:path';
import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { image } from '@vitrine/image/definition.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import type { Bus } from '@vitrine/platform/bus/port.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { createPublisher, outgoing } from '@vitrine/platform/events/publisher.ts';
import { createLog } from '@vitrine/platform/log.ts';
import { platformConfig } from '@vitrine/platform/platform-config.ts';
import { openProcess } from '@vitrine/platform/process/open-process.ts';
import { runWorkers, type WorkerPlace } from '@vitrine/platform/process/run-workers.ts';
import { HEIGHT, TILE, WIDTH } from './bench-set.ts';
import { slowDown } from './slow-device.ts';
import type { ServerTask } from './start-image-server.ts';

const task: ServerTask = JSON.parse(process.argv[2] ?? '{}');
const log = createLog('error', process.stderr);

async function work({ replica }: WorkerPlace): Promise<void> {
  if (task.slow !== undefined) await slowDown(task.slow.folder, task.slow.milliseconds);
  const folder = join(task.folder, `worker-${replica}`);
  const environment = { VITRINE_PORT: String(task.port), VITRINE_PUBLIC_URL: task.publicUrl, VITRINE_BLOBS: task.blobsUrl ?? 'file:' };
  const config = readConfig(platformConfig, environment);
  const settings = readConfig(image.config, task.settings);
  let bus: Bus | undefined;
  await openProcess({
    config,
    makers: [{ name: 'image', create: (deps) => image.create(deps, settings) }],
    folder,
    log,
    operatorToken: 'bench',
    replica,
    ports: (openers) => ({
      ...openers,
      bus: async () => {
        bus = await openers.bus();
        return bus;
      },
      ...(task.blobsUrl ? {} : { blobs: () => openFilesystemBlobs(task.blobs) }),
    }),
  });
  if (!bus) throw new Error('the process opened no bus');
  const blobs = await openFilesystemBlobs(task.blobs);
  const publish = createPublisher('converter', { bus, blobs });
  const blob = (key: string) => ({ key, sha256: '0'.repeat(64), bytes: 1 });
  for (const { id, version, derivative, tiles, levels } of task.images)
    await publish(
      outgoing(
        imageConverted,
        {
          image: id,
          object: 'bench',
          revision: 1,
          derivative: blob(derivative),
          version,
          superseded: [],
          width: WIDTH,
          height: HEIGHT,
          tile: { width: TILE, height: TILE },
          levels: [...levels],
          tiles: blob(tiles),
          page: 1,
          pages: 1,
          master: { sha256: '0'.repeat(64), format: 'jpeg' },
          report: blob('converter/reports/none.json'),
        },
        {},
      ),
    );
}

await runWorkers({ count: task.workers, log, surroundings: process, work });
