import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { Static, TObject } from 'typebox';
import type { ServiceDeps } from './deps.ts';
import type { OutboundHttp } from './outbound/outbound-http.ts';
import type { Service } from './service.ts';
import type { TextIndex } from './text-index/port.ts';

/** What a process gives each of its services, beside the runtime's own. */
export type ProcessDeps = ServiceDeps & {
  readonly publicUrl: string;
  readonly accessMode: 'open' | 'policies';
  /** Days that what nothing points to any more is kept. */
  readonly sweepDays: number;
  /** The name of this replica: one that died and is back has its leases and intents at once. */
  readonly instance: string;
  /** No other process works on these documents. */
  readonly alone: boolean;
  /** A folder for files in transit, empty at the start. */
  readonly workFolder: string;
  /** Milliseconds before a source that failed is asked again. */
  readonly retryBase: number;
  openOutbound(): Promise<OutboundHttp>;
  openTextIndex(): Promise<TextIndex>;
};

/** How a process makes a service of its settings; the all-in-one makes each of them. */
export type ServiceDefinition<C extends TObject = TObject> = {
  readonly name: ServiceName;
  readonly config: C;
  create(deps: ProcessDeps, config: Static<C>): Promise<Service>;
};
