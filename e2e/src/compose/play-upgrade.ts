import { setTimeout } from 'node:timers/promises';
import type { Museum } from '@vitrine/demo/museum.ts';
import { picture } from '@vitrine/demo/pictures.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { manifestFacts } from '../manifest-facts.ts';
import { Site } from '../site.ts';
import type { Tally } from '../tally.ts';
import { ComposeProject, SERVICES } from './compose-project.ts';
import { failuresOf } from './failures-of.ts';
import { buildImage, checkOutFormer, HERE } from './former-release.ts';

const OBJECTS = 12;
const EVERY = 700;

/** The former release is upgraded in place, one service at a time, and rolled back the same way, while the museum goes on publishing. */
export async function playUpgrade(tally: Tally): Promise<void> {
  const former = await checkOutFormer();
  const [port, museumPort] = [await freePort(), await freePort()];
  const publisher = await openPublisher(museumPort, { listen: '0.0.0.0', name: 'host.docker.internal' });
  const projectOf = (release: 'now' | 'former') =>
    new ComposeProject({
      name: 'vitrine-upgrade',
      port,
      stream: publisher.stream,
      root: release === 'now' ? HERE : former.root,
      files: [`${HERE}/e2e/upgrade.compose.yml`],
      settings: { RELEASE: release },
    });
  const [now, before] = [projectOf('now'), projectOf('former')];
  const site = new Site(now.base, 4);
  const ending = new AbortController();
  try {
    tally.say(`the former release is ${former.commit.slice(0, 10)}`);
    await buildImage(former.root, 'former');
    await buildImage(HERE, 'now');
    await now.remove();
    await before.compose('up', '--wait');
    const publishing = goOnPublishing(publisher.museum, ending.signal);
    await site.sees('the first object', async () => (await site.manifest('museum-object-0')).status, 200);
    for (const [title, project] of [
      ['upgraded', now],
      ['rolled back', before],
    ] as const) {
      for (const service of SERVICES) {
        await project.compose('up', '--no-deps', '--wait', service);
        tally.say(`  ${service} is ${title}`);
      }
      await setTimeout(3000);
    }
    ending.abort();
    const titles = await publishing;
    for (const [id, title] of titles)
      await site.sees(
        `${id} as it was published last`,
        async () => manifestFacts((await site.manifest(`museum-${id}`)).json()).label,
        title,
      );
    const failures = await failuresOf(now);
    if (failures.length > 0) throw new Error(failures.join('\n'));
    tally.passed(`upgraded and rolled back, ${titles.size} objects as they were published last`);
  } catch (error) {
    ending.abort();
    tally.failed(`upgrade: ${error instanceof Error ? error.message : String(error)}`);
    tally.say(await now.logs().catch(() => ''));
  } finally {
    await now.remove().catch(() => {});
    await publisher.close();
    await former.remove();
  }
}

/** Creates and updates objects until the signal aborts; answers the last title of each. */
async function goOnPublishing(museum: Museum, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>();
  for (let n = 0; !signal.aborted; n++) {
    const id = `object-${n % OBJECTS}`;
    const title = `Object ${n % OBJECTS}, version ${Math.floor(n / OBJECTS)}`;
    const master = picture({ width: 400, height: 300, seed: n % 9, format: 'jpeg' });
    museum.publish({ id, title, images: [{ id: `${id}-front`, master }] });
    titles.set(id, title);
    await setTimeout(EVERY);
  }
  return titles;
}
