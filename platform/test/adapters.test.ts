import { join } from 'node:path';
import { topics } from '@vitrine/contracts/topics.ts';
import { blobsConformance } from '../src/blobs/conformance.ts';
import { openFilesystemBlobs } from '../src/blobs/filesystem.ts';
import { busConformance } from '../src/bus/conformance.ts';
import { openSqliteBus } from '../src/bus/sqlite.ts';
import { documentsConformance } from '../src/documents/conformance.ts';
import { openSqliteDocuments } from '../src/documents/sqlite.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';
import { textIndexConformance } from '../src/text-index/conformance.ts';
import { openSqliteTextIndex } from '../src/text-index/sqlite.ts';

const testTopics = { 'vitrine.test.v1': topics['vitrine.outcome.v1'], 'vitrine.other.v1': topics['vitrine.outcome.v1'] };

busConformance(
  'sqlite',
  async () => {
    const { path, remove } = await temporaryFolder();
    const open = () => openSqliteBus({ file: join(path, 'bus.sqlite'), topics: testTopics });
    const opened = [await open()];
    return {
      bus: opened[0] ?? (await open()),
      // The former bus stays open, as a process that died would leave its file.
      crash: async () => {
        const again = await open();
        opened.push(again);
        return again;
      },
      dispose: async () => {
        for (const bus of opened) await bus.close();
        await remove();
      },
    };
  },
  { long: 1000 },
);

documentsConformance('sqlite', async () => {
  const { path, remove } = await temporaryFolder();
  const open = () => openSqliteDocuments(join(path, 'documents.sqlite'));
  return { documents: await open(), reopen: open, dispose: remove };
});

textIndexConformance('sqlite', async () => {
  const { path, remove } = await temporaryFolder();
  return { index: await openSqliteTextIndex(join(path, 'index.sqlite')), dispose: remove };
});

blobsConformance('filesystem', async () => {
  const { path, remove } = await temporaryFolder();
  const open = () => openFilesystemBlobs(path);
  return { blobs: await open(), reopen: open, dispose: remove };
});
