import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { Problem } from '../problem.ts';

/** The body of a request as its schema says. @throws Problem `request-invalid`, which names the place */
export function parseBody<S extends TSchema>(schema: S, body: unknown): Static<S> {
  if (Check(schema, body)) return body;
  const [error] = Errors(schema, body);
  throw new Problem('request-invalid', { detail: `the body: ${error?.instancePath || 'the whole'} ${error?.message}` });
}
