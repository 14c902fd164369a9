import { type Logger, pino } from 'pino';

export type Log = Logger;

/** One JSON line an event: a constant message, the rest in fields. Secrets are cut out wherever they might appear. */
export function createLog(level: string, destination: NodeJS.WritableStream): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: ['authorization', '*.authorization', 'headers.authorization', 'token', '*.token'], censor: '[hidden]' },
    },
    destination,
  );
}
