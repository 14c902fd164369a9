import { after, before, suite } from 'node:test';
import { documentsConformance } from '../../src/documents/conformance.ts';
import { openMongoDocuments } from '../../src/documents/mongodb.ts';
import type { Documents } from '../../src/documents/port.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startMongo } from '../../src/engines/start-engine.ts';

const there = await containerEngineAnswers(process.env);

suite('on MongoDB’s protocol', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000 }, () => {
  let engine: StartedEngine;
  before(async () => {
    engine = await startMongo();
  });
  after(() => engine.stop());
  let cases = 0;

  documentsConformance('mongodb', async () => {
    const database = `case${++cases}`;
    const opened: Documents[] = [];
    const open = async () => {
      const documents = await openMongoDocuments(engine.url.replace(/vitrine$/, database));
      opened.push(documents);
      return documents;
    };
    return { documents: await open(), reopen: open, dispose: async () => void (await Promise.all(opened.map((each) => each.close()))) };
  });
});
