import { Agent, request } from 'undici';
import { percentile } from '../figure.ts';

export type Asked = { readonly p50: number; readonly p95: number; readonly errors: number };

/** Milliseconds that answers take at some connections, each asking for its next path as soon as it has the last answer. */
export async function searchLoad(base: string, paths: readonly string[], connections: number): Promise<Asked> {
  const dispatcher = new Agent({ connections });
  const took: number[] = [];
  let [next, errors] = [0, 0];
  const client = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const began = performance.now();
      const { statusCode, body } = await request(base + path, { dispatcher });
      await body.dump();
      took.push(performance.now() - began);
      if (statusCode !== 200) errors++;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  await dispatcher.close();
  return { p50: percentile(took, 0.5), p95: percentile(took, 0.95), errors };
}
