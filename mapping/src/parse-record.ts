import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { isNode, type JsonNode } from './json-node.ts';
import { xmlAsJson } from './xml/xml-as-json.ts';
import { xmlTree } from './xml/xml-tree.ts';

/** Bytes of a record that is looked at to tell XML from JSON. */
const HEAD = 200;

const headOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, HEAD))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff|\0/g, '')
    .trimStart();

/** Whether bytes are XML: they begin with a tag, and not with one of HTML. */
export function isXml(bytes: Uint8Array): boolean {
  const head = headOf(bytes);
  return head.startsWith('<') && !/^<!doctype html|^<html/i.test(head);
}

/**
 * A record as mappings read it: its JSON, or the stated JSON form of its XML (`xml/xml-as-json.ts`) with the name of its root.
 *
 * @throws Problem `record-not-json`, `record-invalid`
 */
export function parseRecord(bytes: Uint8Array, place: string): JsonNode {
  if (isXml(bytes)) {
    try {
      const root = xmlTree(bytes, place);
      return { [root.name]: xmlAsJson(root) };
    } catch (cause) {
      throw new Problem('record-invalid', { detail: asProblem(cause).detail ?? place, cause });
    }
  }
  let content: unknown;
  try {
    content = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
  } catch (cause) {
    throw new Problem('record-not-json', { detail: place, cause });
  }
  if (!isNode(content)) throw new Problem('record-invalid', { detail: 'the record is not a JSON object' });
  return content;
}
