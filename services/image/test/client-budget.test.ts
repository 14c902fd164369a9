import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { clientBudget } from '../src/client-budget.ts';
import { pyramidOf, serving, smoothPicture } from './serving.ts';

/** Seconds after which it says to ask again; undefined where it lets through. */
function refusal(spend: () => void): number | undefined {
  try {
    spend();
    return undefined;
  } catch (thrown) {
    assert.ok(thrown instanceof Problem && thrown.code === 'client-budget-spent');
    return (thrown.retryAfter ?? 0) / 1000;
  }
}

suite('the budget of a client', () => {
  test('is a minute’s worth, and comes back with time', () => {
    let time = 0;
    const budget = clientBudget(60, () => time);
    const spend = (pixels: number) => refusal(() => budget.spend('192.0.2.1', pixels));
    assert.equal(spend(40), undefined);
    assert.equal(spend(40), 20);
    time = 20_000;
    assert.equal(spend(40), undefined);
    assert.equal(spend(1), 1);
    time = 10_000_000;
    assert.equal(spend(60), undefined);
    assert.equal(spend(1), 1);
  });

  test('what costs more than a minute’s worth is given once, and paid for', () => {
    let time = 0;
    const budget = clientBudget(60, () => time);
    const spend = (pixels: number) => refusal(() => budget.spend('192.0.2.1', pixels));
    assert.equal(spend(180), undefined);
    assert.equal(spend(60), 180);
    time = 180_000;
    assert.equal(spend(60), undefined);
  });

  const clients = [
    ['another address', '192.0.2.1', '192.0.2.2', false],
    ['the same IPv6 network', '2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', true],
    ['the same, its zeros left out', '2001:db8::1', '2001:db8:0:0:9::', true],
    ['another IPv6 network', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['IPv4 written as IPv6', '::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ] as const;
  for (const [name, one, other, same] of clients)
    test(`${name} is ${same ? 'the same client' : 'another'}`, () => {
      const budget = clientBudget(10, () => 0);
      budget.spend(one, 10);
      assert.equal(refusal(() => budget.spend(other, 10)) !== undefined, same);
    });

  test('over HTTP: 429 with Retry-After for what is made, while tiles go on', async () => {
    await serving(
      { picture: await pyramidOf(smoothPicture(1200, 900)) },
      async ({ get }) => {
        const made = (x: number) => get(`/iiif/image/3/picture/${x},7,900,800/max/0/default.jpg`);
        assert.equal((await made(1)).status, 200);
        assert.equal((await made(1)).status, 200, 'what is kept costs nothing');
        const { status, headers, bytes } = await made(2);
        assert.deepEqual([status, JSON.parse(String(bytes)).type.endsWith('/client-budget-spent')], [429, true]);
        assert.ok(Number(headers.get('retry-after')) > 0);
        assert.equal((await get('/iiif/image/3/picture/0,0,256,256/256,256/0/default.jpg')).status, 200);
      },
      { VITRINE_IMAGE_CLIENT_MEGAPIXELS: '1' },
    );
  });
});
