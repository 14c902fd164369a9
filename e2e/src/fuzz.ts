// npm run fuzz -- NAME [OPTIONS]: what nobody should send, by whoever must bear it.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const FUZZERS: Readonly<Record<string, string>> = {
  image: '../../services/image/test/fuzz.ts',
  convert: '../../services/converter/test/fuzz.ts',
};

const [, , name = '', ...options] = process.argv;
const file = Object.hasOwn(FUZZERS, name) ? FUZZERS[name] : undefined;
if (file === undefined) {
  process.stderr.write(`npm run fuzz -- NAME, where NAME is one of ${Object.keys(FUZZERS).join(', ')}\n`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [resolve(import.meta.dirname, file), name, ...options], { stdio: 'inherit' });
process.exit(status ?? 1);
