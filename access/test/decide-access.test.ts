import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type AccessQuestion, decideAccess } from '../src/decide-access.ts';

suite('the access decision', () => {
  const table: readonly (readonly [string, AccessQuestion, 'allow' | 'refuse'])[] = [
    ['open mode shows everything', { mode: 'open', assignment: { class: 'closed', policy: 1 }, oldestPolicy: 9 }, 'allow'],
    ['under policies what nobody assigned is refused', { mode: 'policies', assignment: undefined, oldestPolicy: 0 }, 'refuse'],
    ['open is allowed', { mode: 'policies', assignment: { class: 'open', policy: 3 }, oldestPolicy: 3 }, 'allow'],
    ['closed is refused', { mode: 'policies', assignment: { class: 'closed', policy: 3 }, oldestPolicy: 3 }, 'refuse'],
    [
      'what was assigned before a tightening is refused',
      { mode: 'policies', assignment: { class: 'open', policy: 2 }, oldestPolicy: 3 },
      'refuse',
    ],
  ];
  for (const [title, question, expected] of table) test(title, () => assert.equal(decideAccess(question), expected));
});
