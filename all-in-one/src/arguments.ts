import { parseArgs } from 'node:util';
import { didYouMean } from '@vitrine/platform/did-you-mean.ts';
import { Problem } from '@vitrine/platform/problem.ts';

export const USAGE = `Usage: npm start [-- OPTIONS]            start Vitrine
       npm run vitrine -- COMMAND [OPTIONS]

Commands
  start                     every service in one process; without a source, with a demo museum
  replay --all              derive everything again from what was harvested
    --drop-derived          after dropping manifests, texts, the index and the list of images
  help                      this text

Options
  --source [NAME=]URL       an Activity Stream to harvest; may be repeated
  --json                    JSON lines instead of words

Settings are environment variables: see docs/reference/configuration.md.
`;

export type Command =
  | { readonly name: 'start'; readonly sources: readonly string[]; readonly json: boolean }
  | { readonly name: 'replay'; readonly dropDerived: boolean; readonly json: boolean }
  | { readonly name: 'help' };

const COMMANDS = ['start', 'replay', 'help'];

/** @throws Problem `configuration-invalid` */
export function parseCommand(words: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(words);
  } catch (cause) {
    throw new Problem('configuration-invalid', { detail: `${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, cause });
  }
  const { values, positionals } = parsed;
  const [name = 'start', ...rest] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (rest.length > 0) throw new Problem('configuration-invalid', { detail: `${rest.join(' ')}: not expected after ${name}\n\n${USAGE}` });
  const json = values.json ?? false;
  if (name === 'start') return { name, sources: values.source ?? [], json };
  if (name === 'replay') {
    if (!values.all)
      throw new Problem('configuration-invalid', {
        detail: 'replay wants --all; one failure or a reason is replayed at /api/v1/failures/replay',
      });
    return { name, dropDerived: values['drop-derived'] ?? false, json };
  }
  const meant = didYouMean(name, COMMANDS);
  throw new Problem('configuration-invalid', { detail: `${name} is no command.${meant ? ` Did you mean ${meant}?` : ''}\n\n${USAGE}` });
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      source: { type: 'string', multiple: true },
      all: { type: 'boolean' },
      'drop-derived': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}
