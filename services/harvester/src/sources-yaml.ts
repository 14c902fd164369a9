import { SOURCE_NAME, SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parse } from 'yaml';
import type { ConfiguredSource } from './configure-sources.ts';
import { definitionFault } from './domain/definition-fault.ts';

const SourcesFile = Type.Object(
  { sources: Type.Record(Type.String({ pattern: SOURCE_NAME }), SourceDefinition) },
  { additionalProperties: false },
);

/**
 * Sources as a YAML file names them: `sources:`, below it each by its name.
 *
 * @throws Problem `configuration-invalid`
 */
export function parseSourcesYaml(text: string): readonly ConfiguredSource[] {
  const invalid = (detail: string, cause?: unknown) =>
    new Problem('configuration-invalid', { detail: `VITRINE_SOURCES_YAML: ${detail}`, cause });
  let given: unknown;
  try {
    // Aliases can make a small file very large.
    given = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!Check(SourcesFile, given)) {
    const [error] = Errors(SourcesFile, given);
    throw invalid(`${error?.instancePath || 'the whole'} ${error?.message}`);
  }
  return Object.entries(given.sources).map(([id, definition]) => {
    const wrong = definitionFault(definition);
    if (wrong !== undefined) throw invalid(`${id}: ${wrong}`);
    return { id, definition };
  });
}
