import type { Blobs } from './blobs/port.ts';
import type { Bus } from './bus/port.ts';
import type { Documents } from './documents/port.ts';
import type { Publish } from './events/publisher.ts';
import type { Log } from './log.ts';
import type { TextIndex } from './text-index/port.ts';

/** The ports that a process opened. */
export type Adapters = { bus: Bus; documents: Documents; textIndex: TextIndex; blobs: Blobs };

/** What the runtime gives every service. */
export type ServiceDeps = Omit<Adapters, 'textIndex'> & { publish: Publish; log: Log; now: () => Date };
