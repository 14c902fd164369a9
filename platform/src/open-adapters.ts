import { join } from 'node:path';
import { topics } from '@vitrine/contracts/topics.ts';
import { backoff } from './backoff.ts';
import type { Blobs } from './blobs/port.ts';
import type { Bus } from './bus/port.ts';
import type { Documents } from './documents/port.ts';
import type { Log } from './log.ts';
import type { PlatformConfig } from './platform-config.ts';
import { asProblem } from './problem.ts';
import { sleep } from './sleep.ts';
import type { TextIndex } from './text-index/port.ts';

type OpenOptions = { folder: string; log: Log; signal: AbortSignal };
type Engines = Pick<PlatformConfig, 'VITRINE_BUS' | 'VITRINE_DOCUMENTS' | 'VITRINE_INDEX' | 'VITRINE_BLOBS'>;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/** How to open each port as the settings say; the client of an engine is loaded only where one is named. */
export function portOpeners(config: Engines, options: OpenOptions) {
  const { folder, log } = options;
  const file = (name: string) => join(folder, name);
  const patiently = <T>(name: string, open: () => Promise<T>) => openPatiently(name, open, options);
  return {
    bus: (): Promise<Bus> =>
      patiently('bus', async () => {
        if (config.VITRINE_BUS === 'sqlite:') return (await import('./bus/sqlite.ts')).openSqliteBus({ file: file('bus.sqlite'), topics });
        return (await import('./bus/kafka.ts')).openKafkaBus({ url: config.VITRINE_BUS, topics, log });
      }),
    documents: (): Promise<Documents> =>
      patiently('documents', async () => {
        if (config.VITRINE_DOCUMENTS === 'sqlite:')
          return (await import('./documents/sqlite.ts')).openSqliteDocuments(file('documents.sqlite'));
        return (await import('./documents/mongodb.ts')).openMongoDocuments(config.VITRINE_DOCUMENTS);
      }),
    textIndex: (): Promise<TextIndex> =>
      patiently('text index', async () => {
        if (config.VITRINE_INDEX === 'sqlite:') return (await import('./text-index/sqlite.ts')).openSqliteTextIndex(file('index.sqlite'));
        return (await import('./text-index/opensearch.ts')).openOpenSearchTextIndex(config.VITRINE_INDEX);
      }),
    blobs: (): Promise<Blobs> =>
      patiently('blobs', async () => {
        if (config.VITRINE_BLOBS === 'file:') return (await import('./blobs/filesystem.ts')).openFilesystemBlobs(file('blobs'));
        return (await import('./blobs/s3.ts')).openS3Blobs(config.VITRINE_BLOBS);
      }),
  };
}

export type PortOpeners = ReturnType<typeof portOpeners>;

/** Whether every port is embedded in the data folder, which is then this process's alone. */
export function isEmbedded(config: Engines): boolean {
  return config.VITRINE_BUS === 'sqlite:' && config.VITRINE_DOCUMENTS === 'sqlite:';
}

/** An engine that does not answer yet is waited for; one that is unfit, or refuses us, stops the start. */
async function openPatiently<T>(name: string, open: () => Promise<T>, { log, signal }: OpenOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code !== 'port-unavailable' || signal.aborted) throw problem;
      log.warn({ port: name, detail: problem.detail, attempt }, 'waiting for an engine');
      await sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal);
    }
  }
}
