// The demo museum as a process of its own: `node demo/src/main.ts PORT FOLDER [NAME]`. It ends with whoever started it. With a name it
// listens to everybody who knows it by that.

import { makeBook } from './book/make-book.ts';
import { photographEntries } from './photographs.ts';
import { openPublisher } from './publisher.ts';

const [, , port = '8081', folder = './data/demo', name] = process.argv;

process.on('disconnect', () => process.exit());

// The same times at every start: to Vitrine a second start is no news.
const day = (n: number) => `2026-01-${String(n + 1).padStart(2, '0')}T09:00:00.000Z`;

try {
  const { museum, stream } = await openPublisher(Number(port), name === undefined ? {} : { listen: '0.0.0.0', name });
  const photographs = photographEntries();
  for (const [n, entry] of photographs.entries()) museum.publish(entry, day(n));
  process.send?.({ stream });
  museum.publish(await makeBook(folder), day(photographs.length));
  process.send?.({ complete: true });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect?.();
}
