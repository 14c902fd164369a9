import { hostname } from 'node:os';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import { createPublisher } from '../events/publisher.ts';
import { createHttpServer } from '../http/http-server.ts';
import { listen } from '../http/listen.ts';
import type { Log } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { isEmbedded, type PortOpeners, portOpeners } from '../open-adapters.ts';
import { allowedOrigin, trustedProxy } from '../outbound/allowed-origin.ts';
import { leasedTurns } from '../outbound/leased-turns.ts';
import { createOutboundHttp } from '../outbound/outbound-http.ts';
import { patiently } from '../patiently.ts';
import { listOf, type PlatformConfig } from '../platform-config.ts';
import { type RunningService, runService } from '../run-service.ts';
import type { Service } from '../service.ts';
import type { ProcessDeps } from '../service-definition.ts';
import type { TextIndex } from '../text-index/port.ts';
import { emptyWorkFolder } from './work-folder.ts';

/** What makes a service, its settings already in it. */
type ServiceMaker = { readonly name: ServiceName; create(deps: ProcessDeps): Promise<Service> };

export type OpenProcessOptions = {
  config: PlatformConfig;
  /** In the order in which they start: what consumes another's events comes before it. */
  makers: readonly ServiceMaker[];
  /** For files in transit, and for embedded ports. */
  folder: string;
  log: Log;
  operatorToken: string;
  now?: () => Date;
  /** Changes how ports are opened: faults for tests. */
  ports?: (openers: PortOpeners) => PortOpeners;
  signal?: AbortSignal;
  /** Tells processes of one host and port from each other. */
  replica?: string;
  /** It answers and hears broadcasts; groups, stored retries and replays are another process's work. */
  hearsOnly?: boolean;
};

export type OpenedProcess = {
  readonly publicUrl: string;
  /** Where it listens, for commands on the same machine. */
  readonly address: string;
  readonly services: readonly Service[];
  close(): Promise<void>;
};

const RETRY_TICK = 1000;
/** Milliseconds for answers under way when a process ends. */
const ANSWERS = 3000;

/**
 * Opens ports, makes services, listens, runs.
 *
 * @throws Problem `configuration-invalid`, `port-in-use`, `engine-unfit`, `engine-refused`
 */
export async function openProcess(options: OpenProcessOptions): Promise<OpenedProcess> {
  const { config, makers, folder, log, now = () => new Date(), ports = (openers) => openers, hearsOnly = false } = options;
  const { signal = new AbortController().signal } = options;
  const publicUrl = config.VITRINE_PUBLIC_URL ?? `http://localhost:${config.VITRINE_PORT}`;
  const alone = isEmbedded(config);
  const instance = alone ? 'all-in-one' : [hostname(), config.VITRINE_PORT, ...(options.replica ? [options.replica] : [])].join(':');
  const closers: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const workFolder = await emptyWorkFolder(folder, alone ? undefined : instance, now().getTime());

    const openers = ports(portOpeners(config, { folder, log, signal }));
    const opened: [string, { check(): Promise<void> }][] = [];
    function kept<P extends { check(): Promise<void>; close(): Promise<void> }>(name: string, port: P): P {
      closers.push(() => port.close());
      opened.push([name, port]);
      return port;
    }
    // The bus closes first: a delivery under way still needs the stores.
    const documents = kept('documents', await openers.documents());
    const blobs = kept('blobs', await openers.blobs());
    let textIndex: Promise<TextIndex> | undefined;
    const openTextIndex = () => {
      textIndex ??= openers.textIndex().then((port) => kept('textIndex', port));
      return textIndex;
    };
    const bus = kept('bus', await openers.bus());

    const metrics = createMetrics();
    const outboundOptions = {
      allowedOrigins: new Set(listOf(config.VITRINE_ALLOWED_ORIGINS).map(allowedOrigin)),
      timeout: config.VITRINE_OUTBOUND_TIMEOUT * 1000,
      atOnce: config.VITRINE_OUTBOUND_PER_HOST,
      userAgent: `Vitrine (+${publicUrl})`,
    };
    const depsOf = (service: ServiceName): ProcessDeps => ({
      bus,
      documents,
      blobs,
      publish: createPublisher(service, { bus, blobs }),
      log: log.child({ service }),
      now,
      publicUrl,
      accessMode: config.VITRINE_ACCESS,
      sweepDays: config.VITRINE_SWEEP_DAYS,
      instance,
      alone,
      workFolder,
      retryBase: config.VITRINE_RETRY_SECONDS * 1000,
      openOutbound: async () => {
        const turns = alone
          ? {}
          : { turns: await leasedTurns({ service, documents, instance, now: () => now().getTime(), atOnce: outboundOptions.atOnce }) };
        const outbound = createOutboundHttp({ ...outboundOptions, ...turns });
        closers.push(() => outbound.close());
        return outbound;
      },
      openTextIndex,
    });

    const services: Service[] = [];
    for (const maker of makers) services.push(await patiently(log, signal, () => maker.create(depsOf(maker.name))));

    const running: RunningService[] = [];
    const server = createHttpServer(services, {
      publicUrl,
      operatorToken: options.operatorToken,
      trustedProxies: listOf(config.VITRINE_TRUSTED_PROXIES).map(trustedProxy),
      log,
      metrics,
      readiness: async () => {
        if (running.length < services.length) return 'starting';
        const waiting = running.map((service) => service.fault()).find((fault) => fault !== undefined);
        return waiting ?? (await portFault(opened));
      },
    });
    closers.push(() => Promise.all(running.map((service) => service.stop())));
    const address = await listen(server, config.VITRINE_HOST, config.VITRINE_PORT);
    // First of all: what is being answered is answered, and nothing new comes, before what answers is stopped.
    closers.push(async () => {
      const cut = setTimeout(() => server.server.closeAllConnections(), ANSWERS);
      await server.close();
      clearTimeout(cut);
    });
    for (const service of services) {
      const deps = depsOf(service.name);
      running.push(await runService(service, { deps, metrics, retryBase: deps.retryBase, retryTick: RETRY_TICK, hearsOnly }));
    }
    return { publicUrl, address, services, close: closeAll };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

/** Which port does not answer, for `/readyz`. */
async function portFault(ports: readonly [string, { check(): Promise<void> }][]): Promise<string | undefined> {
  for (const [name, port] of ports) {
    try {
      await port.check();
    } catch {
      return `${name} does not answer`;
    }
  }
  return undefined;
}
