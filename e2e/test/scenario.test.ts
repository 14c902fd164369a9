import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { freePort } from '@vitrine/platform/free-port.ts';
import { playProcess } from '../src/play-process.ts';

// npm run e2e plays it with 30 kills; here it is played once and killed twice, so that no change lands without.
suite('a museum’s life with Vitrine', { concurrency: 1 }, async () => {
  const ports = { vitrine: await freePort(), museum: await freePort() };
  let undisturbed: { state: string[]; milliseconds: number } | undefined;

  test('is seen as it happens', async () => {
    undisturbed = await playProcess({ ports });
    assert.ok(undisturbed.state.length > 100);
  });

  for (const share of [0.3, 0.7]) {
    test(`killed after ${share * 100} % of it, it ends in the same state`, async () => {
      assert.ok(undisturbed, 'the undisturbed run comes first');
      const { state } = await playProcess({ ports, kill: Math.round(undisturbed.milliseconds * share), expected: undisturbed.state });
      assert.deepEqual(state, undisturbed.state);
    });
  }
});
