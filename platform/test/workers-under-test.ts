// Run by run-workers.test.ts: two workers that say who they are on the port given.

import { createServer } from 'node:http';
import { pino } from 'pino';
import { runWorkers } from '../src/process/run-workers.ts';

await runWorkers({
  count: 2,
  log: pino({ level: 'silent' }),
  surroundings: process,
  work: async ({ replica, place }) => {
    const server = createServer((_request, response) =>
      response.setHeader('connection', 'close').end(`${replica} ${process.pid} ${place}`),
    );
    server.listen(Number(process.argv[2]), '127.0.0.1');
    process.on('SIGTERM', () => server.close(() => process.exit(0)));
  },
});
