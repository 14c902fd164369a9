import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { routes } from '@vitrine/contracts/routes.ts';

const template = await readFile(join(import.meta.dirname, '../../deploy/nginx/vitrine.conf.template'), 'utf8');

/** The locations in their order, as nginx tries them: the first regular expression that matches. */
function locations(path: string): { pattern: RegExp; body: string }[] {
  const found = template.replaceAll(/\$\{VITRINE_PATH\}/g, path).matchAll(/location ~ (\S+) \{\n([\s\S]*?)\n {2}\}/g);
  return [...found].map(([, pattern = '', body = '']) => ({ pattern: new RegExp(pattern), body }));
}

suite('nginx in front of the services', () => {
  for (const path of ['', '/museum']) {
    for (const { path: route, service } of routes) {
      test(`sends ${path}${route} to ${service}`, () => {
        const address = `${path}${route.replace(/:[a-z]+/g, 'x~1,2.jpg')}`;
        const [first] = locations(path).filter(({ pattern }) => pattern.test(address));
        assert.ok(first?.body.includes(`http://${service}:8080`), address);
      });
    }

    for (const machine of ['/livez', '/readyz', '/metrics', `${path}/metrics`]) {
      test(`sends ${machine} nowhere below “${path}”`, () => {
        const [first] = locations(path).filter(({ pattern }) => pattern.test(machine));
        assert.equal(first?.body.trim(), 'return 404;');
      });
    }
  }

  test('keeps nothing that a search or an operator asked for', () => {
    for (const { pattern, body } of locations(''))
      if (body.includes('proxy_cache vitrine'))
        for (const path of ['/api/v1/failures', '/iiif/search/2/manifests/x', '/']) assert.ok(!pattern.test(path));
  });
});
