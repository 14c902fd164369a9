import type { ConversionResult } from './conversion-task.ts';

/** What was made of a master, before its thumbnails and the sums. */
export type Made = Omit<ConversionResult, 'thumbnails' | 'bytes' | 'memory'>;
