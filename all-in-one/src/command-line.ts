import { parseArgs } from 'node:util';

/** The options of every command, as they were typed. */
export type Values = ReturnType<typeof parseWords>['values'];

/** @throws TypeError for an option that nobody knows */
export function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      source: { type: 'string', multiple: true },
      all: { type: 'boolean' },
      'drop-derived': { type: 'boolean' },
      to: { type: 'string' },
      base: { type: 'string' },
      object: { type: 'string', multiple: true },
      api: { type: 'string' },
      'max-width': { type: 'string' },
      from: { type: 'string' },
      out: { type: 'string' },
      jobs: { type: 'string' },
      every: { type: 'string' },
      resume: { type: 'boolean' },
      since: { type: 'string' },
      ids: { type: 'string' },
      'dry-run': { type: 'boolean' },
      pages: { type: 'string' },
      mapping: { type: 'string' },
      sample: { type: 'string' },
      credential: { type: 'string' },
      kind: { type: 'string' },
      prefix: { type: 'string' },
      set: { type: 'string' },
      withdraw: { type: 'boolean' },
      keep: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}
