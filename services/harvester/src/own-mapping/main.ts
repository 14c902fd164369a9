// The process in which a source's own mapping runs, a record after the other: what loops or eats memory is ended with it.

import jsonata from 'jsonata';
import type { MappingAnswer, MappingTask } from './mapping-task.ts';

const compiled = new Map<string, ReturnType<typeof jsonata>>();
const KEPT = 20;

function compile(expression: string) {
  const known = compiled.get(expression) ?? jsonata(expression);
  compiled.delete(expression);
  compiled.set(expression, known);
  const [oldest] = compiled.keys();
  if (compiled.size > KEPT && oldest !== undefined) compiled.delete(oldest);
  return known;
}

async function answer({ expression, record }: MappingTask): Promise<MappingAnswer> {
  try {
    // As JSON: what JSONata gives may hold functions.
    return { value: JSON.stringify(await compile(expression).evaluate(record)) };
  } catch (thrown) {
    return { fault: String(Reflect.get(Object(thrown), 'message') ?? thrown) };
  }
}

process.on('message', async (task: MappingTask) => process.send?.(await answer(task)));
process.on('disconnect', () => process.exit(0));
