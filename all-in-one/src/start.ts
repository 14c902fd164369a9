import { join, resolve } from 'node:path';
import type { Log } from '@vitrine/platform/log.ts';
import type { VitrineConfig } from './config.ts';
import { openVitrine, type Vitrine } from './open-vitrine.ts';
import type { Say } from './show-progress.ts';
import { showProgress } from './show-progress.ts';
import { type Demo, startDemo } from './start-demo.ts';

const DEMO_HARVEST_SECONDS = 2;
const DRAIN = 10_000;

type StartOptions = { config: VitrineConfig; sources: readonly string[]; log: Log; say: Say; asksEvery: boolean };

export type Started = { vitrine: Vitrine; stop(): Promise<'stopped' | 'hung'> };

/** Starts everything, the demo museum too where no source is named. */
export async function start({ config, sources, log, say, asksEvery }: StartOptions): Promise<Started> {
  const named = [...sources, config.VITRINE_SOURCES].filter(Boolean).join(',');
  let demo: Demo | undefined;
  let settings: VitrineConfig = { ...config, VITRINE_SOURCES: named };
  if (named === '') {
    demo = await startDemo(config.VITRINE_DEMO_PORT, join(resolve(config.VITRINE_DATA), 'demo'));
    const origins = [config.VITRINE_ALLOWED_ORIGINS, new URL(demo.stream).origin].filter(Boolean).join(',');
    const interval = asksEvery ? config.VITRINE_HARVEST_SECONDS : DEMO_HARVEST_SECONDS;
    settings = { ...config, VITRINE_SOURCES: `demo=${demo.stream}`, VITRINE_ALLOWED_ORIGINS: origins, VITRINE_HARVEST_SECONDS: interval };
  }
  let vitrine: Vitrine;
  try {
    vitrine = await openVitrine(settings, { log });
  } catch (thrown) {
    demo?.stop();
    throw thrown;
  }
  const { publicUrl, address, token } = vitrine;
  say.line('started', `Vitrine is at ${publicUrl}/ and harvests ${settings.VITRINE_SOURCES}`, {
    publicUrl,
    sources: settings.VITRINE_SOURCES,
  });
  if (token.made) say.line('token', `The operators' token was made: ${token.file}`, { tokenFile: token.file });
  const stopping = new AbortController();
  void showProgress({
    address,
    publicUrl,
    token: token.token,
    say,
    signal: stopping.signal,
    complete: demo?.complete ?? Promise.resolve(),
  }).catch(() => {});

  return {
    vitrine,
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
