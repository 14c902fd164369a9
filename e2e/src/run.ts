// npm run e2e [-- --kills N]: the scenario undisturbed, then killed at N random moments, each ending in the same state.

import { parseArgs } from 'node:util';
import { freePort } from '@vitrine/platform/free-port.ts';
import { play } from './play.ts';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '30' } } });
const kills = Number(values.kills);
const say = (text: string) => void process.stdout.write(`${text}\n`);

const ports = { vitrine: await freePort(), museum: await freePort() };
say('undisturbed:');
const { state: expected, milliseconds } = await play({ ports, step: (title) => say(`  ${title}`) });
say(`  ${expected.length} lines of end state in ${milliseconds} ms`);

let failed = 0;
for (let n = 1; n <= kills; n++) {
  const kill = Math.round(Math.random() * milliseconds);
  try {
    const { state } = await play({ ports, kill, expected });
    const lost = expected.filter((line) => !state.includes(line));
    const added = state.filter((line) => !expected.includes(line));
    const same = lost.length === 0 && added.length === 0;
    say(`kill ${n} of ${kills} at ${kill} ms: ${same ? 'the same end state' : `differs\n- ${lost.join('\n- ')}\n+ ${added.join('\n+ ')}`}`);
    if (!same) failed++;
  } catch (error) {
    failed++;
    say(`kill ${n} of ${kills} at ${kill} ms: ${error instanceof Error ? error.message : String(error)}`);
  }
}
say(`${1 + kills - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
