import { mkdir, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createConsole } from '@vitrine/console/service.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import { createConverter } from '@vitrine/converter/service.ts';
import { configuredSources } from '@vitrine/harvester/domain/source-address.ts';
import { createHarvester } from '@vitrine/harvester/service.ts';
import { createImageService } from '@vitrine/image/service.ts';
import { createManifestService } from '@vitrine/manifest/service.ts';
import type { DataFolder } from '@vitrine/platform/data-folder.ts';
import type { Adapters, ServiceDeps } from '@vitrine/platform/deps.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { createHttpServer } from '@vitrine/platform/http/http-server.ts';
import type { Log } from '@vitrine/platform/log.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { operatorToken } from '@vitrine/platform/operator-token.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { listOf } from '@vitrine/platform/platform-config.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { type RunningService, runService } from '@vitrine/platform/run-service.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { createSearchService } from '@vitrine/search/service.ts';
import type { FastifyInstance } from 'fastify';
import type { VitrineConfig } from './config.ts';

export type Vitrine = {
  readonly publicUrl: string;
  /** Where it listens, for commands on the same machine. */
  readonly address: string;
  readonly token: { readonly token: string; readonly file: string; readonly made: boolean };
  readonly services: readonly Service[];
  close(): Promise<void>;
};

export type OpenOptions = {
  log: Log;
  /** The data folder, taken for this process; let go when Vitrine closes. */
  folder: DataFolder;
  now?: () => Date;
  /** Wraps what was opened: faults for tests. */
  wrap?: (adapters: Adapters) => Adapters;
};

const RETRY_TICK = 1000;

/**
 * Every service in one process, on one port, with the embedded adapters.
 *
 * @throws Problem `configuration-invalid`, `port-in-use`
 */
export async function openVitrine(
  config: VitrineConfig,
  { log, folder: lock, now = () => new Date(), wrap = (adapters) => adapters }: OpenOptions,
): Promise<Vitrine> {
  const folder = lock.path;
  const publicUrl = config.VITRINE_PUBLIC_URL ?? `http://localhost:${config.VITRINE_PORT}`;
  const closers: (() => Promise<void> | void)[] = [() => lock.release()];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const sources = configuredSources(listOf(config.VITRINE_SOURCES));
    const tokenFile = config.VITRINE_OPERATOR_TOKEN_FILE ?? join(folder, 'operator-token');
    const token = { ...operatorToken(tokenFile), file: tokenFile };
    const workFolder = join(folder, 'work');
    await rm(workFolder, { recursive: true, force: true });
    await mkdir(workFolder, { recursive: true });

    const adapters = await openEmbedded(folder);
    closers.push(() => closeAdapters(adapters));
    const wrapped = wrap(adapters);
    const outbound = createOutboundHttp({
      allowedOrigins: new Set(listOf(config.VITRINE_ALLOWED_ORIGINS).map(allowedOrigin)),
      timeout: config.VITRINE_OUTBOUND_TIMEOUT * 1000,
      atOnce: config.VITRINE_OUTBOUND_PER_HOST,
      userAgent: `Vitrine (+${publicUrl})`,
    });
    closers.push(() => outbound.close());

    const depsOf = (service: ServiceName): ServiceDeps => ({
      ...wrapped,
      publish: createPublisher(service, wrapped),
      log: log.child({ service }),
      now,
    });
    const accessMode = config.VITRINE_ACCESS;
    const retryBase = config.VITRINE_RETRY_SECONDS * 1000;
    const services = [
      await createConsole({ ...depsOf('console'), publicUrl, accessMode }),
      await createImageService({
        ...depsOf('image'),
        publicUrl,
        accessMode,
        maxArea: config.VITRINE_IMAGE_MAX_AREA,
        decodes: config.VITRINE_IMAGE_DECODES,
      }),
      await createSearchService({ ...depsOf('search'), publicUrl, accessMode }),
      await createManifestService({ ...depsOf('manifest'), publicUrl, accessMode, wait: config.VITRINE_MANIFEST_WAIT_SECONDS * 1000 }),
      await createConverter({
        ...depsOf('converter'),
        outbound,
        workFolder,
        converters: config.VITRINE_CONVERTERS,
        memoryMegabytes: config.VITRINE_CONVERTER_MEMORY_MB,
        seconds: config.VITRINE_CONVERTER_SECONDS,
        quality: config.VITRINE_DERIVATIVE_QUALITY,
        maxBytes: config.VITRINE_MASTER_MAX_BYTES,
        maxPixels: config.VITRINE_MASTER_MAX_PIXELS,
      }),
      await createHarvester({
        ...depsOf('harvester'),
        outbound,
        // The data folder's lock lets only one process be this instance.
        instance: 'all-in-one',
        sources,
        interval: config.VITRINE_HARVEST_SECONDS * 1000,
        maxBytes: config.VITRINE_RECORD_MAX_BYTES,
        retryBase,
      }),
    ];

    const running: RunningService[] = [];
    const server = createHttpServer(services, {
      publicUrl,
      operatorToken: token.token,
      trustedProxies: listOf(config.VITRINE_TRUSTED_PROXIES).map(trustedProxy),
      log,
      readiness: async () => {
        if (running.length < services.length) return 'starting';
        const waiting = running.map((service) => service.fault()).find((fault) => fault !== undefined);
        return waiting ?? (await portFault(wrapped));
      },
    });
    const address = await listen(server, config.VITRINE_HOST, config.VITRINE_PORT);
    closers.push(async () => {
      server.server.closeAllConnections();
      await server.close();
    });
    // The harvester starts last: what consumes its events is there.
    for (const service of services) {
      const started = await runService(service, { deps: depsOf(service.name), retryBase, retryTick: RETRY_TICK });
      running.push(started);
    }
    closers.push(async () => void (await Promise.all(running.map((service) => service.stop()))));
    return { publicUrl, address, token, services, close: closeAll };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'EADDRINUSE') throw new Problem('port-in-use', { detail: `${host}:${port}`, cause });
    if (code === 'EACCES')
      throw new Problem('configuration-invalid', { detail: `VITRINE_PORT=${port} may not be used by this user`, cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Problem('configuration-invalid', { detail: `VITRINE_HOST=${host} is no address of this machine`, cause });
    throw cause;
  }
}

function allowedOrigin(setting: string): string {
  const url = URL.parse(setting);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Problem('configuration-invalid', { detail: `VITRINE_ALLOWED_ORIGINS: ${setting} is not scheme://host:port` });
}

function trustedProxy(setting: string): string {
  const [address = '', bits = '0', ...rest] = setting.split('/');
  if (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128 && rest.length === 0) return setting;
  throw new Problem('configuration-invalid', {
    detail: `VITRINE_TRUSTED_PROXIES: ${setting} is neither an address nor a network such as 10.0.0.0/8`,
  });
}

/** Which port does not answer, for `/readyz`. */
async function portFault(adapters: Adapters): Promise<string | undefined> {
  for (const [name, port] of Object.entries(adapters)) {
    try {
      await port.check();
    } catch {
      return `${name} does not answer`;
    }
  }
  return undefined;
}
