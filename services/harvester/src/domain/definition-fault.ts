import type { SourceDefinition, SourceKindName } from '@vitrine/contracts/source-definition.ts';
import { expressionFault } from './expression.ts';

/** What of a definition belongs to which kind of source. */
const PARTS: readonly { readonly part: 'table' | 'oai' | 'api'; readonly kind: SourceKindName }[] = [
  { part: 'table', kind: 'table' },
  { part: 'oai', kind: 'oai-pmh' },
  { part: 'api', kind: 'api' },
];

/** What is wrong with a definition whose parts are each right; undefined where nothing is. */
export function definitionFault(definition: SourceDefinition): string | undefined {
  const { kind = 'activity-stream', addresses } = definition;
  for (const address of addresses) {
    const url = URL.parse(address.replaceAll('{number}', '0'));
    if (!url) return `${address} is no address`;
    if (url.username !== '' || url.password !== '') return `${url.host} has a password in its address; a credential is named instead`;
    if ((url.protocol === 'file:') !== (kind === 'folder')) return `${address}: a source of kind ${kind} has no such address`;
    if (address.includes('{number}') && kind !== 'api') return `${address}: only an api counts its pages`;
  }
  const strange = PARTS.find(({ part, kind: owner }) => definition[part] !== undefined && kind !== owner);
  if (strange) return `${strange.part} is for sources of kind ${strange.kind}, not ${kind}`;
  if (kind === 'api' && !definition.api) return 'a source of kind api says under api where its records are';
  return expressionsFault(definition);
}

function expressionsFault({ kind = 'activity-stream', api, attach }: SourceDefinition): string | undefined {
  const named = [
    ...Object.entries({ ...api, from: undefined, step: undefined }).map(([name, source]) => [`api.${name}`, source] as const),
    ...EXPRESSIONS.map((name) => [`attach.${name}`, attach?.[name]] as const),
  ];
  for (const [name, source] of named) {
    const fault = expressionFault(name, source);
    if (fault !== undefined) return fault;
  }
  if (!attach) return undefined;
  const { pattern, key, address } = attach;
  if ((kind === 'folder') !== (key === undefined && address === undefined) && kind !== 'table')
    return kind === 'folder'
      ? 'attach: a folder’s images are known by a pattern, not by expressions'
      : 'attach wants key and address: expressions for a record of this kind';
  if (pattern === undefined) return undefined;
  if (kind !== 'folder') return 'attach.pattern is for folders';
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    return `attach.pattern: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  return pattern.includes('(?<key>') ? undefined : 'attach.pattern wants a group (?<key>…)';
}

const EXPRESSIONS = ['key', 'address', 'order', 'role', 'label', 'objectKey'] as const;
