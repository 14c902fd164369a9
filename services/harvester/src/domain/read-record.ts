import { type JsonNode, texts } from '@vitrine/mapping/json-node.ts';
import { isXml, parseRecord } from '@vitrine/mapping/parse-record.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { isDeeperThan } from './json-depth.ts';

const MAX_DEPTH = 64;

/**
 * What a source answered for a record, as mappings read it; `what` names it for a person.
 *
 * @throws Problem `record-not-json` where it says that it is JSON and isn't, `record-invalid` where it is nested too deep
 */
export function readRecord(
  body: Buffer,
  contentType: string | undefined,
  address: string,
): { readonly content: JsonNode; readonly what: string } {
  if (/json/i.test(contentType ?? '') && isXml(body)) throw new Problem('record-not-json', { detail: address });
  const content = parseRecord(body, address);
  if (isDeeperThan(content, MAX_DEPTH)) throw new Problem('record-invalid', { detail: `nested deeper than ${MAX_DEPTH}` });
  if (isXml(body)) return { content, what: `XML of ${Object.keys(content)[0]}` };
  const [context] = texts(content['@context']);
  return { content, what: context === undefined ? 'JSON without a context' : `JSON of ${context.slice(0, 100)}` };
}
