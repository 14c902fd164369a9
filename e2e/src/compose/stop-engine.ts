import { setTimeout } from 'node:timers/promises';
import type { Site } from '../site.ts';
import type { ComposeProject, ENGINES } from './compose-project.ts';

const OUTAGE = 30_000;
const AFTERWARDS = 5_000;
const IMAGE = '/iiif/image/3/museum-portrait-portrait-front';
const KEPT = `${IMAGE}/0,0,256,256/256,256/0/default.jpg`;

/**
 * Stops an engine for half a minute while somebody looks at an image, at another part of it each time. With the blob store stopped only what
 * nginx keeps can be seen, and the rest says when to ask again.
 */
export async function stopEngine(project: ComposeProject, site: Site, engine: (typeof ENGINES)[number]): Promise<void> {
  await site.sees('a tile of the portrait', async () => (await site.get(KEPT)).status, 200);
  const faults: string[] = [];
  let looking = true;
  const looked = (async () => {
    for (let n = 0; looking; n++) {
      const part = `${IMAGE}/${(n * 7) % 500},${n % 300},150,150/150,/0/default.jpg`;
      const seen = await site.get(part).catch((error: unknown) => ({ status: 0, headers: new Headers({ error: String(error) }) }));
      const again = seen.headers.get('retry-after');
      const fine = seen.status === 200 || (engine === 's3' && seen.status === 503 && again !== null);
      if (!fine) faults.push(`${part} ${seen.status} ${seen.headers.get('error') ?? ''}`);
      const kept = (await site.get(KEPT)).status;
      if (kept !== 200) faults.push(`${KEPT} ${kept}`);
      await setTimeout(200);
    }
  })();
  await project.compose('stop', engine);
  await setTimeout(OUTAGE);
  await project.compose('start', engine);
  await setTimeout(AFTERWARDS);
  looking = false;
  await looked;
  if (faults.length > 0)
    throw new Error(`${faults.length} looks at an image went wrong while ${engine} was stopped:\n${faults.slice(0, 5).join('\n')}`);
}
