import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { suite, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { asyncapi } from '../src/asyncapi.ts';
import { openapi } from '../src/openapi.ts';
import { routes } from '../src/routes.ts';

const require = createRequire(import.meta.url);
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

suite('what machines read of the contracts', () => {
  test('the addresses are valid OpenAPI 3.1, each route among them', async () => {
    const description = openapi('https://museum.example');
    const { valid, errors } = await new Validator().validate(plain(description));
    assert.deepEqual([valid, errors], [true, undefined]);
    const described = Object.values(description.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    assert.equal(described, routes.length);
  });

  test('the events are valid AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, meta: false, validateSchema: false });
    const valid = ajv.compile(require('@asyncapi/specs/schemas/3.0.0.json'));
    assert.ok(valid(plain(asyncapi())), ajv.errorsText(valid.errors));
  });
});
