#!/usr/bin/env node
// Plain JavaScript for any Node: finds a Node that runs TypeScript as it is, or says what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await import('../src/main.ts');
else {
  const bundled = here(process.platform === 'win32' ? '../../node_modules/.bin/node.cmd' : '../../node_modules/.bin/node');
  if (!existsSync(bundled)) {
    process.stderr.write(
      `Vitrine needs Node ${NEEDED} or newer; this is ${process.versions.node}. Install it, or run npm ci on a platform that Node's npm packages serve.\n`,
    );
    process.exit(2);
  }
  const child = spawn(bundled, [here('./vitrine.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever ends this process means the server.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
