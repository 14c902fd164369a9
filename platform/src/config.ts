import { readFileSync } from 'node:fs';
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { didYouMean } from './did-you-mean.ts';
import { Problem } from './problem.ts';

/** Variables that no service reads, but tests and commands do. */
const OTHER_VARIABLES = ['VITRINE_REQUIRE_FIXTURES', 'VITRINE_REQUIRE_ENGINES'];

/**
 * The settings of one service from the environment: typed, with defaults; every fault at once, and a name that nobody knows
 * stops the start. `known` are the names that other services read. A setting whose schema says `secret` may lie in a file, named by the
 * variable with `_FILE` behind it, and is never repeated.
 *
 * @throws Problem `configuration-invalid`, its detail one line a fault
 */
export function readConfig<T extends TObject>(schema: T, environment: NodeJS.ProcessEnv, known: Iterable<string> = []): Static<T> {
  const names = Object.keys(schema.properties);
  const secrets = names.filter((name) => isSecret(schema.properties[name]));
  const everyone = new Set([...names, ...secrets.map(fileOf), ...known, ...OTHER_VARIABLES]);
  const faults = unknownVariables(environment, everyone);
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const property: TSchema = schema.properties[name] ?? Type.Unknown();
    const secret = isSecret(property);
    const given = environment[name] ?? (secret ? readSecret(environment[fileOf(name)], name, faults) : undefined);
    const value = given === undefined ? defaultOf(property) : coerce(property, given);
    if (value === undefined) continue;
    values[name] = value;
    for (const error of Errors(property, value))
      faults.push(
        `${name}=${secret && given !== undefined ? given.replace(/\/\/.*@/, '//…@') : given} can’t be used${error.keyword === 'pattern' ? '' : `, it ${error.message}`}. ${descriptionOf(property)}`,
      );
  }
  if (faults.length === 0 && !Check(schema, values)) faults.push(...Errors(schema, values).map((error) => error.message));
  if (faults.length > 0 || !Check(schema, values)) throw new Problem('configuration-invalid', { detail: faults.join('\n') });
  return values;
}

const fileOf = (name: string) => `${name}_FILE`;

const isSecret = (schema: TSchema | undefined): boolean => Reflect.get(Object(schema), 'secret') === true;

function readSecret(file: string | undefined, name: string, faults: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    faults.push(`${fileOf(name)}=${file} can’t be read.`);
    return undefined;
  }
}

function unknownVariables(environment: NodeJS.ProcessEnv, known: ReadonlySet<string>): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('VITRINE_') && !known.has(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      return `${name} is unknown.${meant ? ` Did you mean ${meant}?` : ''}`;
    });
}

function coerce(schema: TSchema, text: string): unknown {
  const type: unknown = Reflect.get(schema, 'type');
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

const defaultOf = (schema: TSchema): unknown => Reflect.get(schema, 'default');

const descriptionOf = (schema: TSchema): string => String(Reflect.get(schema, 'description') ?? '');
