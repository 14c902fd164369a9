import { type JsonNode, texts } from '@vitrine/mapping/json-node.ts';
import { type Mapping, mappingOf } from '@vitrine/mapping/mappings.ts';
import { isXml, parseRecord } from '@vitrine/mapping/parse-record.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { isDeeperThan } from './json-depth.ts';

const MAX_DEPTH = 64;

/** A record as far as it must be understood to choose who maps it. */
export type ReadRecord = { readonly mapping: Mapping; readonly content: JsonNode } | { readonly mapping: undefined; readonly what: string };

/**
 * What a source answered for a record. What no mapping reads is named, not refused: its raw copy is kept until one does.
 *
 * @throws Problem `record-not-json` where it says that it is JSON and isn't, `record-invalid` where it is nested too deep
 */
export function readRecord(body: Buffer, contentType: string | undefined, address: string): ReadRecord {
  if (/json/i.test(contentType ?? '') && isXml(body)) throw new Problem('record-not-json', { detail: address });
  const content = parseRecord(body, address);
  if (isDeeperThan(content, MAX_DEPTH)) throw new Problem('record-invalid', { detail: `nested deeper than ${MAX_DEPTH}` });
  const mapping = mappingOf(content);
  if (mapping) return { mapping, content };
  if (isXml(body)) return { mapping, what: `XML of ${Object.keys(content)[0]}` };
  const contexts = texts(content['@context']);
  return { mapping, what: contexts.length > 0 ? `JSON of ${contexts[0]?.slice(0, 100)}` : 'JSON without a context' };
}
