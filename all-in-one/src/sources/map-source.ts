import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { OperatorServer } from '../operator-server.ts';
import type { Say } from '../show-progress.ts';
import type { MapCommand } from './source-arguments.ts';

const PAGE = 100;
/** Differences shown of a record, and characters of what is said. */
const SHOWN = 8;
const LONGEST = 160;

type Tally = Map<string, number>;
const count = (tally: Tally, name: string) => tally.set(name, (tally.get(name) ?? 0) + 1);
const asWords = (tally: Tally) =>
  [...tally]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');

/**
 * What a mapping would make of the records of a source: the difference over all of our raw copies, and of a sample each difference with the manifest as it would be. Nothing is published. Answers false when no server does.
 *
 * @throws Problem as the server says it
 */
export async function mapSource(
  { source, mapping, sample, out }: MapCommand,
  server: OperatorServer,
  say: Say,
  signal: AbortSignal,
): Promise<boolean> {
  const expression = mapping === undefined ? {} : { mapping: mapping === 'none' ? null : await textOf(mapping) };
  if (out !== undefined) await mkdir(out, { recursive: true });
  const outcomes: Tally = new Map();
  const fields: Tally = new Map();
  const gate: Tally = new Map();
  let [records, sampled]: [number, number] = [0, 0];
  let after: string | undefined;
  do {
    const wanted = Math.max(0, sample - sampled);
    const page = await server('POST', `/api/v1/sources/${encodeURIComponent(source)}/preview`, {
      ...expression,
      limit: wanted > 0 ? Math.min(PAGE, wanted) : PAGE,
      objects: wanted > 0,
      ...(after === undefined ? {} : { after }),
    });
    if (!page) return false;
    for (const record of nodes(page['records'])) {
      signal.throwIfAborted();
      records++;
      count(outcomes, String(record['outcome']));
      for (const { field, kind } of nodes(record['differences'])) count(fields, `${String(field)} ${String(kind)}`);
      if (sampled < sample) {
        sampled++;
        await show(record);
      }
    }
    say.progress(`${records} records: ${asWords(outcomes)}`, { source, records });
    after = text(page['next']);
  } while (after !== undefined);

  const facts = {
    source,
    records,
    outcomes: Object.fromEntries(outcomes),
    fields: Object.fromEntries(fields),
    faults: Object.fromEntries(gate),
  };
  const said = fields.size > 0 ? `\n  fields: ${asWords(fields)}` : '';
  const refused = gate.size > 0 ? `\n  of the sample the gate would refuse: ${asWords(gate)}` : '';
  say.line('mapped', `${records} records of ${source} would give: ${asWords(outcomes) || 'nothing'}.${said}${refused}`, facts);
  return true;

  async function show(record: JsonNode): Promise<void> {
    const { record: address, object, outcome, detail, differences, museumObject, given } = record;
    const lines = nodes(differences).map(
      ({ field, kind, before, after: now }) =>
        `    ${String(field)} ${String(kind)}${kind === 'gained' ? '' : `: ${shortened(before)}`}${kind === 'lost' ? '' : `${kind === 'changed' ? ' → ' : ': '}${shortened(now)}`}`,
    );
    const more = lines.length > SHOWN ? [`    … and ${lines.length - SHOWN} more`] : [];
    const why = text(detail);
    say.line('record', [`${String(address)}: ${String(outcome)}${why ? `: ${why}` : ''}`, ...lines.slice(0, SHOWN), ...more].join('\n'), {
      record: address,
      object,
      outcome,
      ...(why === undefined ? {} : { detail: why }),
      differences,
    });
    if (!isNode(museumObject)) return;
    const preview = await server('POST', '/api/v1/manifests/preview', { object, museumObject, ...(isNode(given) ? { given } : {}) });
    for (const { pointer, sentence } of nodes(preview?.['faults'])) {
      count(gate, String(sentence));
      say.line('fault', `    the gate would refuse it: ${String(pointer)}: ${String(sentence)}`, { object, pointer, sentence });
    }
    if (out !== undefined && preview)
      await writeFile(join(out, `${String(object)}.json`), `${JSON.stringify(preview['manifest'], undefined, 2)}\n`);
  }
}

function shortened(value: unknown): string {
  const words = JSON.stringify(value) ?? '';
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('configuration-invalid', { detail: `--mapping ${file} can’t be read`, cause });
  });
}
