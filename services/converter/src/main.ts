import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { converter } from './definition.ts';

await runDefinition(converter, process);
