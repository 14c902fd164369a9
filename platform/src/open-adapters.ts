import { join } from 'node:path';
import { topics } from '@vitrine/contracts/topics.ts';
import type { Blobs } from './blobs/port.ts';
import type { Bus } from './bus/port.ts';
import type { Documents } from './documents/port.ts';
import type { Log } from './log.ts';
import { patiently } from './patiently.ts';
import type { PlatformConfig } from './platform-config.ts';
import type { TextIndex } from './text-index/port.ts';

type OpenOptions = { folder: string; log: Log; signal: AbortSignal };
type Engines = Pick<PlatformConfig, 'VITRINE_BUS' | 'VITRINE_DOCUMENTS' | 'VITRINE_INDEX' | 'VITRINE_BLOBS'>;

/** How to open each port as the settings say; the client of an engine is loaded only where one is named. */
export function portOpeners(config: Engines, { folder, log, signal }: OpenOptions) {
  const file = (name: string) => join(folder, name);
  const opening = <T>(port: string, open: () => Promise<T>) => patiently(log.child({ port }), signal, open);
  return {
    bus: (): Promise<Bus> =>
      opening('bus', async () => {
        if (config.VITRINE_BUS === 'sqlite:') return (await import('./bus/sqlite.ts')).openSqliteBus({ file: file('bus.sqlite'), topics });
        return (await import('./bus/kafka.ts')).openKafkaBus({ url: config.VITRINE_BUS, topics, log });
      }),
    documents: (): Promise<Documents> =>
      opening('documents', async () => {
        if (config.VITRINE_DOCUMENTS === 'sqlite:')
          return (await import('./documents/sqlite.ts')).openSqliteDocuments(file('documents.sqlite'));
        return (await import('./documents/mongodb.ts')).openMongoDocuments(config.VITRINE_DOCUMENTS);
      }),
    textIndex: (): Promise<TextIndex> =>
      opening('text index', async () => {
        if (config.VITRINE_INDEX === 'sqlite:') return (await import('./text-index/sqlite.ts')).openSqliteTextIndex(file('index.sqlite'));
        return (await import('./text-index/opensearch.ts')).openOpenSearchTextIndex(config.VITRINE_INDEX);
      }),
    blobs: (): Promise<Blobs> =>
      opening('blobs', async () => {
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
