import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { console } from './definition.ts';

await runDefinition(console, process);
