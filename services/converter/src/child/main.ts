// The process that decodes masters: nothing of ours is at risk in it but the conversion at hand. It ends when its parent does, when it takes more
// memory than it may, and after a master that it could not read: a decoder that has failed is not used again.

import { readFileSync, writeFileSync } from 'node:fs';
import { asProblem } from '@vitrine/platform/problem.ts';
import { Parse } from 'typebox/value';
import { isDiskFault } from '../disk-fault.ts';
import { ChildOrder, type ConversionResult } from './conversion-task.ts';
import { convertMaster } from './convert-master.ts';
import { estimateMemory } from './estimate-memory.ts';
import { OUT_OF_MEMORY } from './exit-codes.ts';

const KILOBYTE = 1024;
const limit = Number(process.argv[2]) * 1024 * 1024;

process.on('disconnect', () => process.exit());
process.on('message', (message: unknown) => {
  const order = Parse(ChildOrder, message);
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > limit) process.exit(OUT_OF_MEMORY);
  }, 50);
  const answer =
    order.do === 'estimate'
      ? estimateMemory(order.task).then((estimate) => ({ estimate: Math.round(estimate) }))
      : measured(() => convertMaster(order.task));
  answer
    .catch((thrown: unknown) => {
      const { code, detail = '' } = asProblem(thrown);
      // A full disk is ours, not the master's.
      return { code: code === 'unexpected' && isDiskFault(thrown) ? 'port-unavailable' : code, detail };
    })
    .then((reply) => {
      clearInterval(watch);
      process.send?.(reply);
    });
});

/** With the most memory that it took: where the system can tell, of this piece of work rather than of the whole process. */
async function measured(work: () => Promise<Omit<ConversionResult, 'memory'>>): Promise<{ result: ConversionResult }> {
  tryLinux(() => writeFileSync('/proc/self/clear_refs', '5'));
  const result = await work();
  const peak = tryLinux(() => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * KILOBYTE);
  return { result: { ...result, memory: peak || process.resourceUsage().maxRSS * KILOBYTE } };
}

function tryLinux<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
