import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@vitrine/platform/until.ts';
import type { Server } from './server.ts';

const COMMAND = fileURLToPath(import.meta.resolve('@vitrine/all-in-one/main.ts'));

export type ProcessOptions = { data: string; port: number; stream: string; settings?: Record<string, string> };

/** Vitrine as a user runs it: a process, to be started, stopped and killed. Its calls wait for one another. */
export class VitrineProcess implements Server {
  readonly #options: ProcessOptions;
  #child: ChildProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #output = '';

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get base(): string {
    return `http://localhost:${this.#options.port}`;
  }

  /** What it wrote, for a message when something fails. */
  get output(): string {
    return this.#output;
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** An orderly end; rejects when it was none. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const [code] = (await this.#end('SIGTERM')) ?? [0];
      if (code !== 0) throw new Error(`Vitrine ended with ${String(code)}:\n${this.#output}`);
    });
  }

  /** As a power button would, and up again. Answers false where it was stopped and nothing could be killed. */
  killAndStart(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#child) return false;
      await this.#end('SIGKILL');
      await this.#start();
      return true;
    });
  }

  async token(): Promise<string> {
    return (await readFile(join(this.#options.data, 'operator-token'), 'utf8')).trim();
  }

  async replayAll(): Promise<void> {
    // The command may meet the server while it is down: then it says so, and is given again.
    for (let tries = 0; tries < 50; tries++) {
      if ((await this.run('replay', '--all', '--drop-derived')) === 0) return;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error('the replay was never taken');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#options.data, { recursive: true, force: true });
  }

  /** Runs another command of the CLI beside the server; answers its exit code. */
  async run(...words: readonly string[]): Promise<number | null> {
    const child = spawn(process.execPath, [COMMAND, ...words], { env: this.#environment(), stdio: 'pipe' });
    child.stdout.on('data', (text) => {
      this.#output += text;
    });
    child.stderr.on('data', (text) => {
      this.#output += text;
    });
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : null;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #environment(): NodeJS.ProcessEnv {
    const { data, port, stream, settings } = this.#options;
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITRINE_')));
    return {
      ...inherited,
      VITRINE_DATA: data,
      VITRINE_PORT: String(port),
      VITRINE_ALLOWED_ORIGINS: new URL(stream).origin,
      VITRINE_HARVEST_SECONDS: '0.2',
      VITRINE_RETRY_SECONDS: '0.3',
      ...settings,
    };
  }

  async #start(): Promise<void> {
    const child = spawn(process.execPath, [COMMAND, 'start', '--json', '--source', `museum=${this.#options.stream}`], {
      env: this.#environment(),
      stdio: 'pipe',
    });
    this.#child = child;
    const keep = (text: Buffer) => {
      this.#output = `${this.#output}${text}`.slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until(
      'Vitrine is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`Vitrine ended with ${child.exitCode}:\n${this.#output}`);
        const reply = await fetch(`${this.base}/readyz`).catch(() => undefined);
        return reply?.status === 200;
      },
      20_000,
    );
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown[] | undefined> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return undefined;
    this.#child = undefined;
    const exit = once(child, 'exit');
    child.kill(signal);
    return exit;
  }
}
