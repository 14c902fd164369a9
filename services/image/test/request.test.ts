import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import fc from 'fast-check';
import { canonicalPath } from '../src/domain/canonical-path.ts';
import { parseImageRequest } from '../src/domain/image-request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';

const image = { width: 6000, height: 4000 };
const LIMITS = { maxArea: 36_000_000 };

/** The canonical form of a request against the image, or the code of its refusal. */
function canonical(path: string, grey = false): string {
  const [region = '', size = '', rotation = '', file = ''] = path.split('/');
  try {
    const request = parseImageRequest(region, size, rotation, file);
    return canonicalPath(request, resolveRequest(request, image, LIMITS), image, grey);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

suite('Image API 3.0, 4: requests and their canonical form', () => {
  const table: readonly (readonly [string, string])[] = [
    ['full/max/0/default.jpg', 'full/max/0/default.jpg'],
    ['0,0,6000,4000/6000,4000/0/color.jpg', 'full/max/0/default.jpg'],
    ['pct:0,0,100,100/pct:100/360/default.jpg', 'full/max/0/default.jpg'],
    ['full/600,/0/default.jpg', 'full/600,400/0/default.jpg'],
    ['full/,400/0/default.jpg', 'full/600,400/0/default.jpg'],
    ['full/!600,600/0/default.jpg', 'full/600,400/0/default.jpg'],
    ['full/!9000,9000/0/default.jpg', 'full/max/0/default.jpg'],
    ['full/^!7200,7200/0/default.jpg', 'full/^7200,4800/0/default.jpg'],
    // 4.8: the largest of all has a name of its own.
    ['full/^!90000,90000/0/default.jpg', 'full/^max/0/default.jpg'],
    ['full/^max/0/default.jpg', 'full/^max/0/default.jpg'],
    ['pct:99.999,0,0.001,100/max/0/default.jpg', '5999,0,1,4000/max/0/default.jpg'],
    ['full/max/0.0000001/default.jpg', 'full/max/0.0000001/default.jpg'],
    ['full/max/100/default.jpg', 'full/max/100/default.jpg'],
    ['full/pct:12.5/90/gray.png', 'full/750,500/90/gray.png'],
    ['square/max/0/bitonal.jpg', '1000,0,4000,4000/max/0/bitonal.jpg'],
    ['5000,3000,2000,2000/max/!180.0/default.jpg', '5000,3000,1000,1000/max/!180/default.jpg'],
    ['pct:50,50,25.5,10/max/0/default.jpg', '3000,2000,1530,400/max/0/default.jpg'],
    ['0,0,512,512/^1024,/0/default.jpg', '0,0,512,512/^1024,1024/0/default.jpg'],
    ['0,0,10000,3/1,/0/default.jpg', '0,0,6000,3/1,1/0/default.jpg'],
    ['full/max/22.50/default.webp', 'full/max/22.5/default.webp'],
    ['full/max/!.5/default.tif', 'full/max/!0.5/default.tif'],
    // What must be refused.
    ['full/full/0/default.jpg', 'image-request-invalid'],
    ['6000,0,10,10/max/0/default.jpg', 'image-request-invalid'],
    ['0,0,0,10/max/0/default.jpg', 'image-request-invalid'],
    ['-1,0,10,10/max/0/default.jpg', 'image-request-invalid'],
    ['0,0,1e2,10/max/0/default.jpg', 'image-request-invalid'],
    ['full/,/0/default.jpg', 'image-request-invalid'],
    ['full/0,/0/default.jpg', 'image-request-invalid'],
    ['full/7000,/0/default.jpg', 'image-request-invalid'],
    ['full/pct:101/0/default.jpg', 'image-request-invalid'],
    ['full/pct:0.001/0/default.jpg', 'image-request-invalid'],
    ['full/^9000,9000/0/default.jpg', 'image-size-exceeds-limit'],
    ['full/max/361/default.jpg', 'image-request-invalid'],
    ['full/max/+0/default.jpg', 'image-request-invalid'],
    ['full/max/0/native.jpg', 'image-request-invalid'],
    ['full/max/0/default.exe', 'image-request-invalid'],
    ['99999999999999,0,1,1/max/0/default.jpg', 'image-request-invalid'],
  ];
  for (const [path, expected] of table) test(`${path} is ${expected}`, () => assert.equal(canonical(path), expected));

  test('gray is the default of a grey image', () => assert.equal(canonical('full/max/0/gray.jpg', true), 'full/max/0/default.jpg'));

  test('^max is as large as the limit allows, and not larger', () => {
    const request = parseImageRequest('0,0,600,400', '^max', '0', 'default.jpg');
    const { size } = resolveRequest(request, image, LIMITS);
    assert.ok(size.width * size.height <= LIMITS.maxArea && size.width * size.height > LIMITS.maxArea * 0.99);
  });

  const part = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.constantFrom(
      'full',
      'max',
      '0',
      'default.jpg',
      'square',
      '0,0,100,100',
      'pct:10,10,10,10',
      '100,',
      '!10,10',
      '^50,60',
      '90',
      '!0',
      'gray.png',
    ),
  );
  test('any string is answered or refused with a code of the request', () =>
    fc.assert(
      fc.property(part, part, part, part, (region, size, rotation, file) => {
        try {
          const request = parseImageRequest(region, size, rotation, file);
          resolveRequest(request, image, LIMITS);
        } catch (error) {
          assert.ok(error instanceof Problem && error.fault === 'request', String(error));
        }
      }),
      { numRuns: 2000 },
    ));

  const number = fc.integer({ min: 0, max: 7000 });
  const region = fc.oneof(
    fc.constantFrom('full', 'square'),
    fc.tuple(number, number, number, number).map((parts) => parts.join(',')),
  );
  const size = fc.oneof(
    fc.constant('max'),
    number.map((w) => `${w},`),
    fc.tuple(number, number).map(([w, h]) => `!${w},${h}`),
    fc.integer({ min: 1, max: 100 }).map((n) => `pct:${n}`),
  );
  test('the canonical form of a canonical form is itself', () =>
    fc.assert(
      fc.property(region, size, fc.constantFrom('0', '90', '!270'), (r, s, turn) => {
        const once = canonical(`${r}/${s}/${turn}/default.jpg`);
        fc.pre(once.includes('/'));
        assert.equal(canonical(once), once);
      }),
    ));
});
