import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Milliseconds for p50 and p99; `errors` are answers of another status than 2xx and 3xx, by hundreds, and sockets that failed. */
export type Load = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly server: number;
};

type LoadOptions = { connections?: number; seconds?: number; headers?: (n: number) => Record<string, string> };

let lists = 0;

/** Asks for the paths one after the other over as many connections as are said, by wrk. */
export async function load(folder: string, base: string, paths: readonly string[], options: LoadOptions = {}): Promise<Load> {
  const { connections = 8, seconds = 6, headers } = options;
  const { host, pathname } = new URL(base);
  const script = join(folder, `list-${++lists}.lua`);
  const requests = paths.map((path, n) => {
    const extra = Object.entries(headers?.(n) ?? {}).map(([name, value]) => `${name}: ${value}\\r\\n`);
    return `GET ${pathname}/${path} HTTP/1.1\\r\\nHost: ${host}\\r\\n${extra.join('').replaceAll('"', '\\"')}\\r\\n`;
  });
  await writeFile(
    script,
    `local requests = {\n${requests.map((request) => `"${request}"`).join(',\n')}\n}
local n = 0
request = function() n = n % #requests + 1 return requests[n] end
done = function(summary, latency)
  io.write(string.format("RESULT %f %f %f %d %d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, summary.errors.status))
end
`,
  );
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    `http://${host}`,
  ]);
  const [, perSecond = 0, p50 = 0, p99 = 0, errors = 0, server = 0] = (/RESULT (\S+) (\S+) (\S+) (\d+) (\d+)/.exec(stdout) ?? []).map(
    Number,
  );
  return { perSecond, p50, p99, errors, server };
}
