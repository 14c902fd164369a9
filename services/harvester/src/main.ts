import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { harvester } from './definition.ts';

await runDefinition(harvester, process);
