// The process that decodes masters: nothing of ours is at risk in it but the conversion at hand. It ends when its parent does, and when it
// takes more memory than it may.

import { asProblem } from '@vitrine/platform/problem.ts';
import { Parse } from 'typebox/value';
import { isDiskFault } from '../disk-fault.ts';
import { ConversionTask } from './conversion-task.ts';
import { convertMaster } from './convert-master.ts';
import { OUT_OF_MEMORY } from './exit-codes.ts';

const limit = Number(process.argv[2]) * 1024 * 1024;

process.on('disconnect', () => process.exit());
process.on('message', (message: unknown) => {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > limit) process.exit(OUT_OF_MEMORY);
  }, 50);
  convertMaster(Parse(ConversionTask, message))
    .then(
      (result) => ({ result }),
      (thrown: unknown) => {
        const { code, detail = '' } = asProblem(thrown);
        // A full disk is ours, not the master's.
        return { code: code === 'unexpected' && isDiskFault(thrown) ? 'port-unavailable' : code, detail };
      },
    )
    .then((reply) => {
      clearInterval(watch);
      process.send?.(reply);
    });
});
