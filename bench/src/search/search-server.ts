// The search service as its own process runs it: started by bench-search.ts with its task as JSON.

import { readConfig } from '@vitrine/platform/config.ts';
import { createLog } from '@vitrine/platform/log.ts';
import { platformConfig } from '@vitrine/platform/platform-config.ts';
import { openProcess } from '@vitrine/platform/process/open-process.ts';
import { search } from '@vitrine/search/definition.ts';

const task: { folder: string; port: number; index?: string } = JSON.parse(process.argv[2] ?? '{}');
const config = readConfig(platformConfig, {
  VITRINE_PORT: String(task.port),
  VITRINE_PUBLIC_URL: `http://localhost:${task.port}`,
  ...(task.index === undefined ? {} : { VITRINE_INDEX: task.index }),
});
const settings = readConfig(search.config, {});
await openProcess({
  config,
  makers: [{ name: 'search', create: (deps) => search.create(deps, settings) }],
  folder: task.folder,
  log: createLog('error', process.stderr),
  operatorToken: 'bench',
});
