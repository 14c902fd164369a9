import { isNode, type JsonNode, texts } from '@vitrine/mapping/json-node.ts';
import { type Mapping, mappingOf } from '@vitrine/mapping/mappings.ts';
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
  const start = body
    .subarray(0, 200)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const declared = /json/i.test(contentType ?? '');
  if (!declared && start.startsWith('<') && !/^<!doctype html|^<html/i.test(start)) return { mapping: undefined, what: 'XML' };
  let content: unknown;
  try {
    content = JSON.parse(String(body).replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Problem('record-not-json', { detail: address, cause });
  }
  if (isDeeperThan(content, MAX_DEPTH)) throw new Problem('record-invalid', { detail: `nested deeper than ${MAX_DEPTH}` });
  if (!isNode(content)) throw new Problem('record-invalid', { detail: 'the record is not a JSON object' });
  const mapping = mappingOf(content);
  if (mapping) return { mapping, content };
  const contexts = texts(content['@context']);
  return { mapping, what: contexts.length > 0 ? `JSON of ${contexts[0]?.slice(0, 100)}` : 'JSON without a context' };
}
