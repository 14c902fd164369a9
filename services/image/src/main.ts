import { runInWorkers } from '@vitrine/platform/process/run-definition.ts';
import { image } from './definition.ts';

await runInWorkers(image, process, ({ VITRINE_IMAGE_WORKERS: workers }) => workers);
