import { join } from 'node:path';
import { topics } from '@vitrine/contracts/topics.ts';
import { openFilesystemBlobs } from './blobs/filesystem.ts';
import { openSqliteBus } from './bus/sqlite.ts';
import type { Adapters } from './deps.ts';
import { openSqliteDocuments } from './documents/sqlite.ts';
import { openSqliteTextIndex } from './text-index/sqlite.ts';

/** The four ports on one machine, in one folder. */
export async function openEmbedded(folder: string): Promise<Adapters> {
  return {
    bus: await openSqliteBus({ file: join(folder, 'bus.sqlite'), topics }),
    documents: await openSqliteDocuments(join(folder, 'documents.sqlite')),
    textIndex: await openSqliteTextIndex(join(folder, 'index.sqlite')),
    blobs: await openFilesystemBlobs(join(folder, 'blobs')),
  };
}

/** Closes the consumers' side first: a delivery under way still needs the stores. */
export async function closeAdapters({ bus, documents, textIndex, blobs }: Adapters): Promise<void> {
  await bus.close();
  await Promise.all([documents.close(), textIndex.close(), blobs.close()]);
}
