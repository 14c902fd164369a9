import type { SourceDefinition, SourceKindName } from '@vitrine/contracts/source-definition.ts';
import { expressionFault } from './expression.ts';

/** What of a definition belongs to which kind of source. */
const PARTS: readonly { readonly part: 'table' | 'oai' | 'api'; readonly kind: SourceKindName }[] = [
  { part: 'table', kind: 'table' },
  { part: 'oai', kind: 'oai-pmh' },
  { part: 'api', kind: 'api' },
];

const SCHEMES: Partial<Record<SourceKindName, RegExp>> = { folder: /^file:$/, bucket: /^s3:$/ };

/** Whose images are known by the names of their files. */
const FILES: ReadonlySet<SourceKindName> = new Set(['folder', 'bucket']);

/** What is wrong with a definition whose parts are each right; undefined where nothing is. */
export function definitionFault(definition: SourceDefinition): string | undefined {
  const { kind = 'activity-stream', addresses } = definition;
  for (const address of addresses) {
    const url = URL.parse(address.replaceAll('{number}', '0'));
    if (!url) return `${address} is no address`;
    if (url.username !== '' || url.password !== '') return `${url.host} has a password in its address; a credential is named instead`;
    const wanted = SCHEMES[kind] ?? /^https?:$/;
    if (!wanted.test(url.protocol)) return `${address}: a source of kind ${kind} has no such address`;
    if (address.includes('{number}') && kind !== 'api') return `${address}: only an api counts its pages`;
  }
  const strange = PARTS.find(({ part, kind: owner }) => definition[part] !== undefined && kind !== owner);
  if (strange) return `${strange.part} is for sources of kind ${strange.kind}, not ${kind}`;
  if (kind === 'bucket' && definition.credential === undefined) return 'a bucket wants a credential: its address with its key and secret';
  if (kind === 'api' && !definition.api) return 'a source of kind api says under api where its records are';
  return expressionsFault(definition);
}

function expressionsFault({ kind = 'activity-stream', api, attach, mapping }: SourceDefinition): string | undefined {
  const named = [
    ['mapping', mapping] as const,
    ...Object.entries({ ...api, from: undefined, step: undefined }).map(([name, source]) => [`api.${name}`, source] as const),
    ...EXPRESSIONS.map((name) => [`attach.${name}`, attach?.[name]] as const),
  ];
  for (const [name, source] of named) {
    const fault = expressionFault(name, source);
    if (fault !== undefined) return fault;
  }
  if (!attach) return undefined;
  if (mapping !== undefined) return 'mapping is for objects: images of another source’s objects have attach';
  if (kind === 'oai-pmh' || kind === 'iiif') return `attach: records of a source of kind ${kind} can’t be images of another one`;
  const { pattern, key, address } = attach;
  if (FILES.has(kind) && (key !== undefined || address !== undefined))
    return 'attach: images of a folder or a bucket are known by a pattern, not by expressions';
  if (!FILES.has(kind) && kind !== 'table' && (key === undefined || address === undefined))
    return 'attach wants key and address: expressions for a record of this kind';
  if (pattern === undefined) return undefined;
  if (!FILES.has(kind)) return 'attach.pattern is for folders and buckets';
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    return `attach.pattern: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  return pattern.includes('(?<key>') ? undefined : 'attach.pattern wants a group (?<key>…)';
}

const EXPRESSIONS = ['key', 'address', 'order', 'role', 'label', 'objectKey'] as const;
