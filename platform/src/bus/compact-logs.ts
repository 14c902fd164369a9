import type { DatabaseSync } from 'node:sqlite';
import type { Topic } from '@vitrine/contracts/topics.ts';
import { quoted } from '../sqlite/open-database.ts';

/**
 * What a broker does by itself: of a compacted topic only the newest record of a key stays, of the others what is younger than the
 * retention. A group that has not read so far misses states that newer ones replaced, as on a broker.
 */
export function compactLogs(database: DatabaseSync, topics: Readonly<Record<string, Topic>>, now: number): void {
  for (const [topic, { cleanup, retention }] of Object.entries(topics)) {
    const table = quoted(`log ${topic}`);
    if (cleanup === 'compact') {
      database.exec(`DELETE FROM ${table} WHERE position NOT IN (SELECT max(position) FROM ${table} GROUP BY key)`);
    } else if (retention !== undefined) {
      // Unlike a broker, this log is closed with the laptop: what a group has not read yet stays.
      database
        .prepare(`DELETE FROM ${table} WHERE time < ? AND position < (SELECT coalesce(min(next), 0) FROM offsets WHERE topic = ?)`)
        .run(now - retention, topic);
    }
  }
}
