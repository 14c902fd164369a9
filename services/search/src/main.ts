import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { search } from './definition.ts';

await runDefinition(search, process);
