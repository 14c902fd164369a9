import { Problem } from '@vitrine/platform/problem.ts';
import jsonata from 'jsonata';

/** A JSONata expression of an operator, over data of a source. @throws Problem `listing-invalid` where it can't be evaluated */
export type Evaluate = (input: unknown, place: string) => Promise<unknown>;

/** @throws Problem `configuration-invalid` */
export function expression(name: string, source: string): Evaluate {
  let compiled: ReturnType<typeof jsonata>;
  try {
    compiled = jsonata(source);
  } catch (cause) {
    throw new Problem('configuration-invalid', { detail: `${name}: ${messageOf(cause)}`, cause });
  }
  return async (input, place) => {
    try {
      return await compiled.evaluate(input);
    } catch (cause) {
      throw new Problem('listing-invalid', { detail: `${place}: ${name}: ${messageOf(cause)}`, cause });
    }
  };
}

/** Why an expression can't be used; undefined where it can. */
export function expressionFault(name: string, source: string | undefined): string | undefined {
  if (source === undefined) return undefined;
  try {
    jsonata(source);
    return undefined;
  } catch (cause) {
    return `${name}: ${messageOf(cause)}`;
  }
}

/** What it gave as a text that says something. */
export function saidText(value: unknown): string | undefined {
  const said = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return said === '' ? undefined : said;
}

/** What it gave, as a list. */
export function saidList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
}

const messageOf = (thrown: unknown): string => String(Reflect.get(Object(thrown), 'message') ?? thrown);
