import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { recordParts, withParts } from '@vitrine/mapping/linked-art/record-parts.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { readRecord } from './domain/read-record.ts';
import type { FetchDocument } from './fetch-document.ts';
import { recordKey, type Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const ACCEPT = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json", application/ld+json;q=0.9, application/json;q=0.8';

/** Bytes of all parts of a record: they are in memory together. */
const MOST_BYTES = 64 * 1024 * 1024;

type Gathered = {
  /** The record with its parts in it. */
  readonly body: Buffer;
  readonly parts: number;
};

/** Records that hold parts of others (R3). */
export type RecordParts = {
  /**
   * A record put together of the records that hold its parts. A part that is not there is left out; one whose host fails keeps the record from being read, as its own host would. Undefined for a record that is whole by itself.
   *
   * @param of the address by which the record is known
   */
  gather(record: JsonNode, of: string, walk: Pick<Walk, 'source' | 'signal'>, fetch: FetchDocument): Promise<Gathered | undefined>;
  /** The keys of records that a record is a part of. */
  ownersOf(address: string, walk: Pick<Walk, 'source' | 'run'>): Promise<readonly string[]>;
};

export function openRecordParts({ parts }: Pick<Stores, 'parts'>, mostBytes = MOST_BYTES): RecordParts {
  /** Sources with parts, and runs in which it was looked for them: of most sources every record is whole. */
  const known = new Map<string, { readonly run: string; any: boolean }>();

  async function hasParts({ source, run }: Pick<Walk, 'source' | 'run'>): Promise<boolean> {
    const looked = known.get(source);
    if (looked?.any || looked?.run === run) return looked.any;
    // From now on who notes a part here says so.
    const looking = { run, any: false };
    known.set(source, looking);
    if ((await parts.list({ prefix: `${source}:`, limit: 1 })).items.length > 0) looking.any = true;
    return looking.any;
  }

  return {
    gather: async (record, of, { source, signal }, fetch) => {
      const addresses = recordParts(record);
      if (addresses.length === 0) return undefined;
      const owner = recordKey(source, of);
      const found = new Map<string, JsonNode>();
      let bytes = 0;
      await Promise.all(
        addresses.map(async (address) => {
          // Before it is read: a change that comes later is then known to be one of this record.
          await parts.update(`${recordKey(source, address)}:${owner}`, (current) => (current ? undefined : { record: owner }));
          const looked = known.get(source);
          if (looked) looked.any = true;
          const part = await partAt(address, fetch, signal, (length) => {
            bytes += length;
            if (bytes > mostBytes) throw new Problem('source-too-large', { detail: `the parts of ${of}: more than ${mostBytes} bytes` });
          });
          if (part) found.set(address, part);
        }),
      );
      return { body: Buffer.from(JSON.stringify(withParts(record, found))), parts: addresses.length };
    },

    ownersOf: async (address, walk) => {
      if (!(await hasParts(walk))) return [];
      const owners: string[] = [];
      for await (const { value } of parts.all({ prefix: `${recordKey(walk.source, address)}:` })) owners.push(value.record);
      return owners;
    },
  };
}

async function partAt(
  address: string,
  fetch: FetchDocument,
  signal: AbortSignal,
  took: (bytes: number) => void,
): Promise<JsonNode | undefined> {
  const answer = await fetch(address, ACCEPT, {}, signal);
  if (answer.status !== 'found') return undefined;
  took(answer.body.length);
  try {
    return readRecord(answer.body, answer.contentType, address).content;
  } catch (thrown) {
    // What is no record can't be a part of one.
    if (asProblem(thrown).fault === 'permanent') return undefined;
    throw thrown;
  }
}
