// npm run e2e [-- --kills N --seed S]: the scenario undisturbed, then killed at N random moments, each ending in the same state.

import { parseArgs } from 'node:util';
import { seeded } from '@vitrine/platform/flaky.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { play } from './play.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '30' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
const kills = Number(values.kills);
const random = seeded(Number(values.seed));
const say = (text: string) => void process.stdout.write(`${text}\n`);

const ports = { vitrine: await freePort(), museum: await freePort() };
say(`undisturbed (seed ${values.seed}):`);
const { state: expected, milliseconds } = await play({ ports, step: (title) => say(`  ${title}`) });
say(`  ${expected.length} lines of end state in ${milliseconds} ms`);

let failed = 0;
let done = 0;
while (done < kills) {
  const kill = Math.round(random() * milliseconds);
  let verdict: string;
  try {
    const { state, killed } = await play({ ports, kill, expected });
    // The moment met the server while it was stopped: that was no kill.
    if (!killed) continue;
    const lost = expected.filter((line) => !state.includes(line));
    const added = state.filter((line) => !expected.includes(line));
    verdict = lost.length + added.length === 0 ? '' : `differs\n- ${lost.join('\n- ')}\n+ ${added.join('\n+ ')}`;
  } catch (error) {
    verdict = error instanceof Error ? error.message : String(error);
  }
  done++;
  if (verdict !== '') failed++;
  say(`kill ${done} of ${kills} at ${kill} ms: ${verdict || 'the same end state'}`);
}
say(`${1 + kills - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
