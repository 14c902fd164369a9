import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { nodes, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { OperatorServer } from '../operator-server.ts';
import type { Say } from '../show-progress.ts';
import type { SourceCommand } from './source-arguments.ts';

const SOURCES = '/api/v1/sources';

/** What an operator does with sources from the command line. Answers false when no server does. @throws Problem as the server says it */
export async function runSourceCommand(command: SourceCommand, server: OperatorServer, say: Say): Promise<boolean> {
  if (command.act === 'list') return list(server, say);
  if (command.act === 'add') return add(command, server, say);
  const { id } = command;
  const place = `${SOURCES}/${encodeURIComponent(id)}`;
  if (command.act === 'runs') return runs(await server('GET', `${place}/runs`), say);
  if (command.act === 'unmatched') return unmatched(place, server, say);
  if (command.act === 'remove') {
    const removed = await server('DELETE', `${place}?objects=${command.objects}`);
    if (removed)
      say.line('source', `${id} is being removed; its objects are ${command.objects === 'keep' ? 'kept' : 'withdrawn'}.`, removed);
    return removed !== undefined;
  }
  if (command.act === 'look') return told(await server('POST', `${place}/look`, {}), `${id} is looked at now.`, say);
  const known = await server('GET', place);
  if (!known) return false;
  const paused = command.act === 'pause';
  const [definition] = nodes(known['definition']);
  return told(await server('PUT', place, { ...definition, paused }), paused ? `${id} is paused.` : `${id} is harvested again.`, say);
}

function told(answer: JsonNode | undefined, words: string, say: Say): boolean {
  if (answer) say.line('source', words, answer);
  return answer !== undefined;
}

async function list(server: OperatorServer, say: Say): Promise<boolean> {
  const answer = await server('GET', SOURCES);
  if (!answer) return false;
  const sources = nodes(answer['sources']);
  for (const source of sources) say.line('source', wordsOf(source), source);
  if (sources.length === 0) say.line('sources', 'Nothing is harvested yet: vitrine source add URL', { sources: 0 });
  return true;
}

function wordsOf(source: JsonNode): string {
  const [definition] = nodes(source['definition']);
  const [fault] = nodes(source['fault']);
  const [held] = nodes(source['held']);
  const state =
    definition?.['paused'] === true
      ? 'paused'
      : source['walking'] === true
        ? 'walking'
        : `up to ${text(source['watermark']) ?? 'nothing yet'}`;
  const trouble = fault
    ? `; ${String(fault['code'])}: ${String(fault['detail'])}`
    : held
      ? `; ${String(held['withdrawals'])} withdrawals wait for you`
      : '';
  return `${String(source['id'])}  ${String(source['address'])}  ${state}${trouble}`;
}

async function add(
  { id, address, every, credential, kind: given, oai }: Extract<SourceCommand, { act: 'add' }>,
  server: OperatorServer,
  say: Say,
): Promise<boolean> {
  // Who says what it is needs not be told.
  const search = given === undefined ? await server('POST', `${SOURCES}/discover`, { address }) : { streams: [{ address, kind: given }] };
  if (!search) return false;
  const [stream] = nodes(search['streams']);
  const found = text(stream?.['address']);
  const kind = text(stream?.['kind']);
  if (found === undefined || kind === undefined) throw new Problem('stream-not-found', { detail: address });
  if (given === undefined && (found !== address || kind !== 'activity-stream'))
    say.line('discovered', `${found} is harvested as ${kind} (${String(stream?.['because'])}).`, { address: found, kind });
  const added = await server('POST', SOURCES, {
    ...(id === undefined ? {} : { id }),
    kind,
    addresses: [found],
    ...(oai === undefined ? {} : { oai }),
    ...(every === undefined ? {} : { every }),
    ...(credential === undefined ? {} : { credential }),
  });
  return told(added, `${String(added?.['id'])} is harvested from now on. How far: vitrine source list`, say);
}

/** Images without an object, then objects without an image. */
async function unmatched(place: string, server: OperatorServer, say: Say): Promise<boolean> {
  const counts = { images: 0, objects: 0 };
  for (const side of ['images', 'objects'] as const) {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const answer: JsonNode | undefined = await server(
        'GET',
        `${place}/unmatched?of=${side}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
      );
      if (!answer) return false;
      for (const one of nodes(answer[side])) {
        counts[side]++;
        const words =
          side === 'images'
            ? `image   ${text(one['image'])}  (key ${text(one['key'])})`
            : `object  ${text(one['object'])}  ${text(one['address'])}`;
        say.line('unmatched', words, one);
      }
      after = text(answer['next']);
    }
  }
  say.line('unmatched', `${counts.images} images belong to no object, ${counts.objects} objects have no image.`, counts);
  return true;
}

function runs(answer: JsonNode | undefined, say: Say): boolean {
  for (const run of nodes(answer?.['runs'])) {
    const [outcomes] = nodes(run['outcomes']);
    const counts = Object.entries(outcomes ?? {}).map(([code, count]) => `${String(count)} ${code}`);
    const words = `${String(run['run'])}  ${String(run['kind'])}, ${String(run['state'])}: ${String(run['pages'])} pages; ${counts.join(', ') || 'nothing'}`;
    say.line('run', words, run);
  }
  return answer !== undefined;
}
