import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { manifest } from './definition.ts';

await runDefinition(manifest, process);
