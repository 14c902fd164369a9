// The thread of SqliteReader: one search after the other.

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SearchAnswer, SearchQuestion } from './sqlite-reader.ts';
import { searchSqlite } from './sqlite-search.ts';

const database = new DatabaseSync(String(workerData));
database.exec('PRAGMA query_only=ON; PRAGMA busy_timeout=5000; PRAGMA temp_store=MEMORY');
const answer = (said: SearchAnswer) => parentPort?.postMessage(said);

parentPort?.on('message', ({ number, query }: SearchQuestion) => {
  try {
    answer({ number, found: searchSqlite(database, query) });
  } catch (thrown) {
    answer({ number, failed: thrown instanceof Error ? thrown.message : String(thrown) });
  }
});
