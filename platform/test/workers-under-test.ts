// Run by run-workers.test.ts: two workers that say who they are on the port given.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { createMetrics } from '../src/metrics.ts';
import { runWorkers } from '../src/process/run-workers.ts';

await runWorkers({
  count: 2,
  log: pino({ level: 'silent' }),
  surroundings: process,
  work: async ({ replica, place }) => {
    if (existsSync(process.argv[3] ?? '')) process.exit(2);
    const metrics = createMetrics();
    const server = createServer(async ({ url }, response) => {
      response.setHeader('connection', 'close');
      if (url === '/metrics') return response.end(await metrics.exposition());
      metrics.answered('GET', '/', 200, 0.01);
      return response.end(`${replica} ${process.pid} ${place}`);
    });
    server.listen(Number(process.argv[2]), '127.0.0.1');
    process.on('SIGTERM', () => server.close(() => process.exit(0)));
  },
});
