import { availableParallelism } from 'node:os';
import { didYouMean } from '@vitrine/platform/did-you-mean.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { parseWords, type Values } from './command-line.ts';
import type { CheckManifestCommand } from './manifests/run-check-manifest.ts';
import {
  type CheckStreamCommand,
  checkStreamCommand,
  type MapCommand,
  mapCommand,
  type ReplaySourceCommand,
  replaySourceCommand,
  type SourceCommand,
  sourceCommand,
} from './sources/source-arguments.ts';

export const USAGE = `Usage: npm start [-- FOLDER ...] [OPTIONS]   start Vitrine
       npm run vitrine -- COMMAND [OPTIONS]

Commands
  start [FOLDER ...]        every service in one process: of the images in a folder, of the sources that are named,
                            or, without any, of a demo museum
  replay --all              derive everything again from what was harvested
    --drop-derived          after dropping manifests, texts, the index and the list of images
  replay --source NAME      derive the objects of one source again from our raw copies
    --since TIME            those whose last activity is not older
    --ids FILE              these, a line each: identifiers, or addresses of records
    --dry-run               only say what would come of it
  source add [NAME=]URL     harvest another source; given a record's address, its stream is looked for, else OAI-PMH,
                            a IIIF Collection or a table at the address itself
    --kind KIND             what it is, without looking: activity-stream, oai-pmh, iiif or table
    --prefix P, --set S     of OAI-PMH: the format (oai_dc) and the set that are wanted
    --every SECONDS         between two looks
    --credential NAME       what the source wants to be sent (VITRINE_HARVEST_CREDENTIALS)
  source list               what is harvested, and how far
  source look|pause|resume NAME
  source runs NAME          the reports of its last runs
  source unmatched NAME     of a source of images: those without an object, and the objects without an image
  source remove NAME        --withdraw takes its objects off the web, --keep leaves them
  map --source NAME         what a mapping would make of the records of a source, and how that differs; nothing is published
    --mapping FILE          JSONata, or none: the mappings of this release (what the source has)
    --sample N              show so many records one by one (10), with what the gate says of their manifests
    --out DIR               and put those manifests there
  check-stream URL          how a publisher's stream keeps IIIF Change Discovery 1.0, by clause
    --pages N               read so many pages at the most (1000)
  check-manifest NAME ...   whether manifests and collections keep IIIF Presentation 3.0, and where not: files, folders, addresses
  export images             copy the images into a folder that any web server can give (IIIF, level 0)
    --to FOLDER             where to; what is there already at its version is left alone
    --base URL              where the folder will be on the web
    --object ID             of this object alone; may be repeated
    --api 2|3               version of the Image API of the copy (3)
    --max-width PIXELS      longest side of the largest whole image in it (1024)
    --from URL              the public address of the Vitrine to copy from (the one on this machine)
  export manifests          copy manifests, collections and our stream, each to its path below the public address
    --to FOLDER|s3://…      where to: a folder, or s3://bucket/prefix?endpoint=URL with the credentials of the AWS variables
    --from URL              as above
  convert FILE|FOLDER ...   masters into pyramids that image servers serve, with a report beside each
    --out DIR               where to; folders are kept as they are
    --jobs N                so many at once (as many as there are cores)
    --resume                leave alone what is done already
  watch FOLDER              the same of what is in a folder and comes into it, until it is stopped
    --out DIR, --jobs N     as above
    --every SECONDS         between two looks (5)
  help                      this text

Options
  --source [NAME=]URL       an Activity Stream to harvest; may be repeated
  --json                    JSON lines instead of words

Settings are environment variables: see docs/reference/configuration.md.
`;

export type Command =
  | { readonly name: 'start'; readonly sources: readonly string[]; readonly folders: readonly string[]; readonly json: boolean }
  | { readonly name: 'replay'; readonly dropDerived: boolean; readonly json: boolean }
  | ReplaySourceCommand
  | SourceCommand
  | CheckStreamCommand
  | MapCommand
  | CheckManifestCommand
  | ExportCommand
  | ExportManifestsCommand
  | ConvertCommand
  | { readonly name: 'help' };

export type ExportCommand = {
  readonly name: 'export';
  readonly to: string;
  readonly base: string;
  readonly objects: readonly string[];
  readonly api: 2 | 3;
  readonly maxWidth: number;
  readonly from?: string;
  readonly json: boolean;
};

export type ExportManifestsCommand = {
  readonly name: 'export-manifests';
  readonly to: string;
  readonly from?: string;
  readonly json: boolean;
};

export type ConvertCommand = ({ readonly name: 'convert' } | { readonly name: 'watch' }) & {
  readonly names: readonly string[];
  readonly out: string;
  readonly jobs: number;
  readonly resume: boolean;
  /** Milliseconds between two looks at the folder that is watched. */
  readonly every: number;
  readonly json: boolean;
};

const COMMANDS = ['start', 'replay', 'source', 'map', 'check-stream', 'check-manifest', 'export', 'convert', 'watch', 'help'];
const EVERY = 5;
const MOST_JOBS = 64;
const MAX_WIDTH = 1024;

/** @throws Problem `configuration-invalid` */
export function parseCommand(words: readonly string[]): Command {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (cause) {
    throw new Problem('configuration-invalid', { detail: `${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, cause });
  }
  const { values, positionals } = parsed;
  const [name = 'start', ...rest] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  const json = values.json ?? false;
  if (name === 'export') return exportCommand(rest, values, json);
  if (name === 'source') return sourceCommand(rest, values, json);
  if (name === 'map') return mapCommand(rest, values, json);
  if (name === 'check-stream') return checkStreamCommand(rest, values, json);
  if (name === 'check-manifest') {
    if (rest.length === 0) throw new Problem('configuration-invalid', { detail: 'check-manifest wants a file, a folder or an address' });
    return { name, names: rest, json };
  }
  if (name === 'convert' || name === 'watch') return convertCommand(name, rest, values, json);
  // Only a folder can be told from a command that was mistyped by its slash or its dot; others are named after `start`.
  if (name === 'start' || /[/\\]|^\.|^[A-Za-z]:/.test(name))
    return { name: 'start', sources: values.source ?? [], folders: name === 'start' ? rest : [name, ...rest], json };
  if (rest.length > 0) throw new Problem('configuration-invalid', { detail: `${rest.join(' ')}: not expected after ${name}\n\n${USAGE}` });
  if (name === 'replay') {
    if (values.source) return replaySourceCommand(values, json);
    if (!values.all)
      throw new Problem('configuration-invalid', {
        detail: 'replay wants --all, or --source NAME; one failure or a reason is replayed at /api/v1/failures/replay',
      });
    return { name, dropDerived: values['drop-derived'] ?? false, json };
  }
  const meant = didYouMean(name, COMMANDS);
  throw new Problem('configuration-invalid', { detail: `${name} is no command.${meant ? ` Did you mean ${meant}?` : ''}\n\n${USAGE}` });
}

function exportCommand(what: readonly string[], values: Values, json: boolean): ExportCommand | ExportManifestsCommand {
  const invalid = (detail: string) => new Problem('configuration-invalid', { detail: `${detail}\n\n${USAGE}` });
  const bare = (name: string, url: string) => {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw invalid(`${name} ${url}: no http or https address`);
    return url.replace(/\/+$/, '');
  };
  const [kind, ...rest] = what;
  if (rest.length > 0 || (kind !== 'images' && kind !== 'manifests'))
    throw invalid(`export: ${what.join(' ') || 'nothing'} can’t be exported; images and manifests can`);
  const { to, base, api = '3', from, object: objects = [] } = values;
  if (to === undefined || to === '') throw invalid(`export ${kind} wants --to FOLDER`);
  const others = (['base', 'api', 'max-width', 'object'] as const).filter((name) => values[name] !== undefined);
  if (kind === 'manifests' && others.length > 0) throw invalid(`export manifests: --${others.join(', --')} is for images`);
  if (kind === 'manifests') return { name: 'export-manifests', to, ...(from === undefined ? {} : { from: bare('--from', from) }), json };
  if (base === undefined) throw invalid('export images wants --base URL: each info.json says where it is');
  if (api !== '2' && api !== '3') throw invalid(`--api ${api}: 2 or 3`);
  const maxWidth = Number(values['max-width'] ?? MAX_WIDTH);
  if (!Number.isInteger(maxWidth) || maxWidth < 1) throw invalid(`--max-width ${values['max-width']}: a number of pixels`);
  return {
    name: 'export',
    to,
    base: bare('--base', base),
    objects,
    api: api === '2' ? 2 : 3,
    maxWidth,
    ...(from === undefined ? {} : { from: bare('--from', from) }),
    json,
  };
}

function convertCommand(
  name: ConvertCommand['name'],
  names: readonly string[],
  { out, jobs, every, resume = false }: Values,
  json: boolean,
): ConvertCommand {
  const invalid = (detail: string) => new Problem('configuration-invalid', { detail: `${detail}\n\n${USAGE}` });
  if (names.length === 0) throw invalid(`${name} wants ${name === 'watch' ? 'a folder' : 'files or folders'}`);
  if (out === undefined || out === '') throw invalid(`${name} wants --out DIR`);
  const number = (option: string, text: string | undefined, otherwise: number, most: number) => {
    const value = Number(text ?? otherwise);
    if (!Number.isInteger(value) || value < 1 || value > most) throw invalid(`${option} ${text}: a number from 1 to ${most}`);
    return value;
  };
  return {
    name,
    names,
    out,
    jobs: number('--jobs', jobs, Math.min(MOST_JOBS, availableParallelism()), MOST_JOBS),
    resume,
    every: number('--every', every, EVERY, 86_400) * 1000,
    json,
  };
}
