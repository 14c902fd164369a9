import { Problem } from '@vitrine/platform/problem.ts';
import type { Values } from '../command-line.ts';

/** What can be said of a source that is added; the rest of a definition by REST or YAML. */
type Additions = {
  readonly every?: number;
  readonly credential?: string;
  readonly kind?: string;
  readonly oai?: { readonly prefix?: string; readonly set?: string };
};

export type SourceCommand = {
  readonly name: 'source';
  readonly json: boolean;
} & (
  | { readonly act: 'list' }
  | ({ readonly act: 'add'; readonly id?: string; readonly address: string } & Additions)
  | { readonly act: 'look' | 'pause' | 'resume' | 'runs' | 'unmatched'; readonly id: string }
  | { readonly act: 'remove'; readonly id: string; readonly objects: 'withdraw' | 'keep' }
);

export type CheckStreamCommand = {
  readonly name: 'check-stream';
  readonly address: string;
  readonly pages: number;
  readonly json: boolean;
};

export type ReplaySourceCommand = {
  readonly name: 'replay-source';
  readonly source: string;
  readonly since?: string;
  /** The file that names them. */
  readonly ids?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
};

export type MapCommand = {
  readonly name: 'map';
  readonly source: string;
  /** The file of a mapping, `none` for those of this release; the source's own where it is absent. */
  readonly mapping?: string;
  /** Records shown one by one. */
  readonly sample: number;
  /** Where the manifests of the sample are put. */
  readonly out?: string;
  readonly json: boolean;
};

const SAMPLE = 10;
const PAGES = 1000;
/** Those that an address alone says enough of. */
const KINDS = ['activity-stream', 'oai-pmh', 'table', 'iiif'];
const ACTS = ['add', 'list', 'look', 'pause', 'resume', 'runs', 'unmatched', 'remove'];

const invalid = (detail: string) => new Problem('configuration-invalid', { detail });

/** @throws Problem `configuration-invalid` */
export function sourceCommand(words: readonly string[], values: Values, json: boolean): SourceCommand {
  const [act = '', what, ...rest] = words;
  if (!ACTS.includes(act) || rest.length > 0) throw invalid(`source ${words.join(' ')}: source wants one of ${ACTS.join(', ')}`);
  const base = { name: 'source', json } as const;
  if (act === 'list') return { ...base, act };
  if (what === undefined) throw invalid(`source ${act} wants ${act === 'add' ? 'an address' : 'the name of a source'}`);
  if (act === 'add') return { ...base, act, ...namedAddress(what), ...additions(values) };
  if (act === 'remove') {
    if (values.withdraw === values.keep)
      throw invalid('source remove wants --withdraw, which takes its objects off the web, or --keep, which leaves them as they are');
    return { ...base, act, id: what, objects: values.keep ? 'keep' : 'withdraw' };
  }
  if (act === 'look' || act === 'pause' || act === 'resume' || act === 'runs' || act === 'unmatched') return { ...base, act, id: what };
  throw invalid(`source ${act}`);
}

function namedAddress(what: string): { id?: string; address: string } {
  const [, id, named] = /^([a-z0-9][a-z0-9-]{0,40})=(.+)$/.exec(what) ?? [];
  const address = webAddress('source add', named ?? what);
  return id === undefined ? { address } : { id, address };
}

function additions({ every, credential, kind, prefix, set }: Values): Additions {
  const seconds = every === undefined ? undefined : Number(every);
  if (seconds !== undefined && !(seconds > 0)) throw invalid(`--every ${every}: a number of seconds`);
  if (kind !== undefined && !KINDS.includes(kind))
    throw invalid(`--kind ${kind}: one of ${KINDS.join(', ')}; an api is described by REST or in VITRINE_SOURCES_YAML`);
  const oai = { ...(prefix === undefined ? {} : { prefix }), ...(set === undefined ? {} : { set }) };
  return {
    ...(seconds === undefined ? {} : { every: seconds }),
    ...(credential === undefined ? {} : { credential }),
    ...(kind === undefined ? {} : { kind }),
    ...(prefix === undefined && set === undefined ? {} : { oai }),
  };
}

/** @throws Problem `configuration-invalid` */
export function checkStreamCommand([address, ...rest]: readonly string[], { pages }: Values, json: boolean): CheckStreamCommand {
  if (address === undefined || rest.length > 0) throw invalid('check-stream wants the address of a stream');
  const most = Number(pages ?? PAGES);
  if (!Number.isInteger(most) || most < 1) throw invalid(`--pages ${pages}: a number of pages`);
  return { name: 'check-stream', address: webAddress('check-stream', address), pages: most, json };
}

/** @throws Problem `configuration-invalid` */
export function mapCommand(words: readonly string[], { source: sources = [], mapping, sample, out }: Values, json: boolean): MapCommand {
  const [source, ...others] = sources;
  if (words.length > 0 || source === undefined || others.length > 0) throw invalid('map wants one --source NAME');
  const shown = Number(sample ?? SAMPLE);
  if (!Number.isInteger(shown) || shown < 0) throw invalid(`--sample ${sample}: a number of records`);
  return {
    name: 'map',
    source,
    ...(mapping === undefined ? {} : { mapping }),
    sample: shown,
    ...(out === undefined ? {} : { out }),
    json,
  };
}

/** @throws Problem `configuration-invalid` */
export function replaySourceCommand(values: Values, json: boolean): ReplaySourceCommand {
  const [source = '', ...rest] = values.source ?? [];
  if (rest.length > 0 || values.all) throw invalid('replay wants --all, or one --source NAME');
  const { since, ids } = values;
  if (since !== undefined && Number.isNaN(Date.parse(since))) throw invalid(`--since ${since}: a time, as 2026-01-31T12:00:00Z`);
  return {
    name: 'replay-source',
    source,
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(ids === undefined ? {} : { ids }),
    dryRun: values['dry-run'] ?? false,
    json,
  };
}

function webAddress(command: string, given: string): string {
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid(`${command} ${given}: no http or https address`);
  return url.href;
}
