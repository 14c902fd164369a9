import { join } from 'node:path';
import type { Museum } from '@vitrine/demo/museum.ts';
import { openPublisher, type Publisher } from '@vitrine/demo/publisher.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { lockDataFolder } from '@vitrine/platform/data-folder.ts';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import type { PortOpeners } from '@vitrine/platform/open-adapters.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import pino from 'pino';
import { vitrineConfig } from '../src/config.ts';
import { openVitrine, type Vitrine } from '../src/open-vitrine.ts';

const log = pino({ level: 'silent' });

type Settings = Record<string, string>;

export type InProcess = {
  readonly museum: Museum;
  readonly publisher: Publisher;
  /** Taken anew after a restart. */
  vitrine(): Vitrine;
  adapters(): Adapters;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  json(path: string): Promise<Record<string, unknown>>;
  /** With a body it is a POST, unless another method is said; what has no body answers {}. */
  operator(path: string, body?: unknown, method?: string): Promise<Record<string, unknown>>;
  restart(settings?: Settings): Promise<void>;
};

/** A museum and a Vitrine in this process, for one test. */
export async function inProcess(
  run: (running: InProcess) => Promise<void>,
  settings: Settings = {},
  ports: (openers: PortOpeners) => PortOpeners = (openers) => openers,
  /** Private origins that may be asked, beside the museum's. */
  origins: readonly string[] = [],
): Promise<void> {
  const folder = await temporaryFolder();
  const publisher = await openPublisher(0);
  const port = await freePort();
  const adapters: Partial<Adapters> = {};
  const keep =
    <K extends keyof Adapters>(name: K, open: () => Promise<Adapters[K]>) =>
    async () => {
      const port = await open();
      adapters[name] = port;
      return port;
    };
  const data = join(folder.path, 'data');
  const open = (more: Settings) =>
    openVitrine(
      readConfig(vitrineConfig, {
        VITRINE_DATA: data,
        VITRINE_PORT: String(port),
        VITRINE_SOURCES: `museum=${publisher.stream}`,
        VITRINE_ALLOWED_ORIGINS: [publisher.base, ...origins].join(','),
        VITRINE_HARVEST_SECONDS: '0.1',
        VITRINE_RETRY_SECONDS: '0.2',
        ...settings,
        ...more,
      }),
      {
        log,
        folder: lockDataFolder(data),
        ports: ({ bus, documents, textIndex, blobs }) =>
          ports({
            bus: keep('bus', bus),
            documents: keep('documents', documents),
            textIndex: keep('textIndex', textIndex),
            blobs: keep('blobs', blobs),
          }),
      },
    );
  let vitrine = await open({});
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(path.startsWith('http') ? path : `${vitrine.publicUrl}${path}`, { headers, redirect: 'manual' });
  const json = async (reply: Promise<Response>): Promise<Record<string, unknown>> => JSON.parse((await (await reply).text()) || '{}');
  try {
    await run({
      museum: publisher.museum,
      publisher,
      vitrine: () => vitrine,
      adapters: () => {
        const { bus, documents, textIndex, blobs } = adapters;
        if (!bus || !documents || !textIndex || !blobs) throw new Error('not open');
        return { bus, documents, textIndex, blobs };
      },
      get,
      json: (path) => json(get(path)),
      operator: (path, body, method = body === undefined ? 'GET' : 'POST') =>
        json(
          fetch(`${vitrine.publicUrl}${path}`, {
            headers: {
              authorization: `Bearer ${vitrine.token.token}`,
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            method,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        ),
      restart: async (more = {}) => {
        await vitrine.close();
        vitrine = await open(more);
      },
    });
  } finally {
    await vitrine.close();
    await publisher.close();
    await folder.remove();
  }
}

type Failure = {
  readonly entity: string;
  readonly stage: string;
  readonly code: string;
  readonly help?: string;
  readonly detail?: string;
  readonly replayable: boolean;
};

/** The failures as an operator reads them. */
export async function failuresOf({ operator }: InProcess): Promise<Failure[]> {
  const { failures } = await operator('/api/v1/failures');
  return Array.isArray(failures) ? failures : [];
}
