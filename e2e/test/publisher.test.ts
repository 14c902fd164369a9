import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamFault, WireFault } from '../src/harvest/faulty-publisher.ts';
import { compare } from '../src/harvest/play-publisher.ts';

/** A few of the many that `npm run e2e -- publisher` plays. */
const MUSEUMS: readonly { readonly stream: readonly StreamFault[]; readonly wire: readonly WireFault[] }[] = [
  { stream: ['newest-first', 'duplicates'], wire: [] },
  { stream: ['shifting'], wire: [] },
  { stream: ['disorder', 'garbage', 'skew'], wire: ['truncated', 'busy'] },
  { stream: ['endless-prev', 'empty-pages'], wire: ['cut', 'redirect-inside', 'bomb'] },
];

suite('a publisher that misbehaves leads to the same objects', { concurrency: true }, () => {
  for (const [n, faults] of MUSEUMS.entries())
    test([...faults.stream, ...faults.wire].join(', '), async () => assert.equal(await compare(100 + n, faults), ''));
});
