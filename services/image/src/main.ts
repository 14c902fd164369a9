import { runDefinition } from '@vitrine/platform/process/run-definition.ts';
import { image } from './definition.ts';

await runDefinition(image, process);
