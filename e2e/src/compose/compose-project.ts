import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@vitrine/platform/until.ts';
import type { Server } from '../server.ts';

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');

export const SERVICES = ['harvester', 'converter', 'manifest', 'search', 'image', 'console'] as const;
export const ENGINES = ['kafka', 'mongo', 'opensearch', 's3'] as const;

export type ComposeOptions = {
  name: string;
  port: number;
  /** The museum's stream as the containers reach it. */
  stream: string;
  /** The checkout whose compose file and sources are run. */
  root?: string;
  /** Further compose files, beside the one of e2e. */
  files?: readonly string[];
  settings?: Record<string, string>;
};

/** docker-compose.yml as a user runs it, under a project name of its own. */
export class ComposeProject implements Server {
  readonly #options: ComposeOptions;
  #output = '';

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  get base(): string {
    return `http://localhost:${this.#options.port}`;
  }

  get output(): string {
    return this.#output;
  }

  async up(...more: readonly string[]): Promise<void> {
    await this.compose('up', '--build', '--wait', ...more);
  }

  async start(): Promise<void> {
    await this.compose('start', ...SERVICES);
    await this.#ready();
  }

  async stop(): Promise<void> {
    await this.compose('stop', ...SERVICES);
  }

  /** As a power button would, and up again. */
  async killAndStart(service: string): Promise<void> {
    await this.compose('kill', '-s', 'KILL', service);
    await this.compose('start', service);
  }

  /** The replica at a place sleeps, as a machine that was suspended. */
  async pause(service: string, place: number): Promise<void> {
    await execute('docker', ['pause', `${this.#options.name}-${service}-${place}`]);
  }

  async unpause(service: string, place: number): Promise<void> {
    // Stopped meanwhile, it sleeps no longer.
    await execute('docker', ['unpause', `${this.#options.name}-${service}-${place}`]).catch(() => {});
  }

  async token(): Promise<string> {
    return (await this.compose('exec', '-T', 'console', 'cat', '/var/lib/vitrine/operator/token')).trim();
  }

  async replayAll(): Promise<void> {
    const authorization = `Bearer ${await this.token()}`;
    await until(
      'the replay was taken',
      async () => {
        const reply = await fetch(`${this.base}/api/v1/replay`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify({ all: true, dropDerived: true }),
        }).catch(() => undefined);
        return reply?.ok ?? false;
      },
      60_000,
    );
  }

  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '1');
  }

  /** How often each service has started: a process that died makes it another. */
  async restarts(): Promise<string> {
    const containers = (await this.compose('ps', '-q', ...SERVICES)).trim().split('\n');
    const { stdout } = await execute('docker', ['inspect', '-f', '{{.Name}} {{.RestartCount}}', ...containers]);
    return stdout.trim().split('\n').sort().join(', ');
  }

  /** What the containers wrote. */
  async logs(): Promise<string> {
    return this.compose('logs', '--no-color', '--tail', '60', ...SERVICES);
  }

  async compose(...words: readonly string[]): Promise<string> {
    const { name, files = [], root = ROOT } = this.#options;
    const named = ['docker-compose.yml', join(ROOT, 'e2e/compose.yml'), ...files].flatMap((file) => ['-f', file]);
    try {
      const { stdout } = await execute('docker', ['compose', '-p', name, ...named, ...words], {
        cwd: root,
        env: this.#environment(),
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    } catch (error) {
      this.#output = `${this.#output}${String(Reflect.get(Object(error), 'stderr'))}`.slice(-20_000);
      throw error;
    }
  }

  #environment(): NodeJS.ProcessEnv {
    const { port, stream, settings } = this.#options;
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('VITRINE_')));
    return {
      ...inherited,
      VITRINE_LISTEN: `127.0.0.1:${port}`,
      VITRINE_PUBLIC_URL: this.base,
      VITRINE_SOURCES: `museum=${stream}`,
      VITRINE_ALLOWED_ORIGINS: new URL(stream).origin,
      VITRINE_HARVEST_SECONDS: '0.5',
      VITRINE_RETRY_SECONDS: '0.3',
      VITRINE_CONVERTERS: '1',
      ...settings,
    };
  }

  // nginx alone is not enough: each service behind it must be ready to work.
  async #ready(): Promise<void> {
    await until(
      'every service is ready',
      async () => {
        for (const service of SERVICES) {
          const probe = "fetch('http://127.0.0.1:8080/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
          const ready = await this.compose('exec', '-T', service, 'node', '-e', probe).then(
            () => true,
            () => false,
          );
          if (!ready) return false;
        }
        return true;
      },
      120_000,
    );
  }
}
