import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { Check } from 'typebox/value';

export type Demo = {
  readonly stream: string;
  /** Resolves when everything that it has is in its stream. */
  readonly complete: Promise<void>;
  stop(): void;
};

const Ready = Type.Object({ stream: Type.String() });
const Complete = Type.Object({ complete: Type.Literal(true) });
const Failed = Type.Object({ error: Type.String() });

/** Starts the demo museum beside us; it ends when we do. `onFault` hears of what fails after it has begun. @throws Problem `port-in-use` */
export async function startDemo(port: number, folder: string, onFault: (detail: string) => void): Promise<Demo> {
  const child = fork(fileURLToPath(import.meta.resolve('@vitrine/demo/main.ts')), [String(port), folder]);
  const stream = await firstMessage(child, port);
  const complete = new Promise<void>((resolve) => {
    child.on('message', (message: unknown) => {
      if (Check(Complete, message)) resolve();
      else if (Check(Failed, message)) onFault(message.error);
    });
    child.once('exit', () => resolve());
  });
  return { stream, complete, stop: () => child.kill() };
}

function firstMessage(child: ChildProcess, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Problem('unexpected', { detail: `the demo museum ended with ${code}` })));
    child.once('message', (message: unknown) => {
      if (Check(Ready, message)) return resolve(message.stream);
      const detail = Check(Failed, message) ? message.error : '';
      const code = detail.includes('EADDRINUSE') ? 'port-in-use' : 'unexpected';
      reject(
        new Problem(code, {
          detail: code === 'port-in-use' ? `the demo museum's, 127.0.0.1:${port}; VITRINE_DEMO_PORT names another` : detail,
        }),
      );
    });
  });
}
