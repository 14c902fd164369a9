import { join, resolve } from 'node:path';
import { lockDataFolder } from '@vitrine/platform/data-folder.ts';
import type { Log } from '@vitrine/platform/log.ts';
import type { VitrineConfig } from './config.ts';
import { openVitrine } from './open-vitrine.ts';
import { type Say, showProgress } from './show-progress.ts';
import { type Demo, startDemo } from './start-demo.ts';

const DEMO_HARVEST_SECONDS = 2;
const DRAIN = 10_000;

type StartOptions = {
  config: VitrineConfig;
  sources: readonly string[];
  log: Log;
  say: Say;
  /** Whether the interval was set by the user: the demo's own is shorter. */
  intervalGiven: boolean;
};

export type Started = { stop(): Promise<'stopped' | 'hung'> };

/**
 * Starts everything, the demo museum too where no source is named.
 *
 * @throws Problem `data-folder-in-use`, `data-folder-unwritable`, `configuration-invalid`, `port-in-use`
 */
export async function start({ config, sources, log, say, intervalGiven }: StartOptions): Promise<Started> {
  // First of all: whoever has the folder runs here already, its demo too.
  const folder = lockDataFolder(resolve(config.VITRINE_DATA));
  const named = [...sources, config.VITRINE_SOURCES].filter(Boolean).join(',');
  let demo: Demo | undefined;
  let settings: VitrineConfig = { ...config, VITRINE_SOURCES: named };
  if (named === '' && config.VITRINE_SOURCES_YAML === undefined) {
    demo = await startDemo(config.VITRINE_DEMO_PORT, join(folder.path, 'demo'), (detail) =>
      say.line('demo', `The demo museum could not make its book: ${detail}`, { detail }),
    );
    const origins = [config.VITRINE_ALLOWED_ORIGINS, new URL(demo.stream).origin].filter(Boolean).join(',');
    const interval = intervalGiven ? config.VITRINE_HARVEST_SECONDS : DEMO_HARVEST_SECONDS;
    settings = { ...config, VITRINE_SOURCES: `demo=${demo.stream}`, VITRINE_ALLOWED_ORIGINS: origins, VITRINE_HARVEST_SECONDS: interval };
  }
  const vitrine = await openVitrine(settings, { log, folder }).catch((thrown: unknown) => {
    demo?.stop();
    throw thrown;
  });
  const { publicUrl, address, token } = vitrine;
  say.line(
    'started',
    `Vitrine is at ${publicUrl}/ and harvests ${[settings.VITRINE_SOURCES, settings.VITRINE_SOURCES_YAML].filter(Boolean).join(', ')}`,
    {
      publicUrl,
      sources: settings.VITRINE_SOURCES,
    },
  );
  if (token.made) say.line('token', `The operators' token was made: ${token.file}`, { tokenFile: token.file });
  const stopping = new AbortController();
  const complete = demo?.complete ?? Promise.resolve();
  void showProgress({ address, publicUrl, token: token.token, say, signal: stopping.signal, complete }).catch(() => {});

  return {
    stop: async () => {
      stopping.abort();
      demo?.stop();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'hung'>((done) => {
        timer = setTimeout(() => done('hung'), DRAIN);
      });
      const end = await Promise.race([vitrine.close().then(() => 'stopped' as const), late]);
      clearTimeout(timer);
      return end;
    },
  };
}
