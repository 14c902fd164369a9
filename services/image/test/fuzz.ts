// npm run fuzz -- image [--requests N] [--seed S]: requests that nobody should send. None may throw or end in a 5xx.

import { parseArgs } from 'node:util';
import { seeded } from '@vitrine/platform/faults.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { canonicalPath } from '../src/domain/canonical-path.ts';
import { parseImageRequest } from '../src/domain/image-request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';
import { pyramidOf, serving, smoothPicture } from './serving.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { requests: { type: 'string', default: '1000000' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
if (positionals[0] !== 'image') {
  process.stderr.write('npm run fuzz -- image [--requests N] [--seed S]\n');
  process.exit(2);
}
const total = Number(values.requests);
/** Of so many requests one goes over HTTP to the service; the others meet its grammar and arithmetic. */
const SENT = 100;
const AT_ONCE = 8;
const IMAGE = { width: 1301, height: 907 };
const LIMITS = { maxArea: 4_000_000 };

const random = seeded(Number(values.seed));
const below = (n: number) => Math.floor(random() * n);
const pick = <T>(list: readonly T[], otherwise: T): T => list[below(list.length)] ?? otherwise;
const oneOf = (...makers: readonly (() => string)[]) => pick(makers, garbage)();
const garbage = () =>
  Array.from({ length: below(12) }, () => String.fromCharCode(pick([below(128), below(128), below(0x2000), 37, 47, 94], 0))).join('');
const ODD_NUMBERS = ['', '-1', '+1', '1e3', 'NaN', '.5', '5.', '٣', '0x10', '00012', '0', '1000000000000000000000'];
const number = () => (random() < 0.05 ? pick(ODD_NUMBERS, '') : String(below(random() < 0.5 ? 300 : 1500)));
const share = () => (random() < 0.05 ? pick(ODD_NUMBERS, '') : `${below(100)}${random() < 0.5 ? '' : `.${below(1000)}`}`);
const mostly = (makers: readonly (() => string)[]) => (random() < 0.05 ? garbage() : oneOf(...makers));
const regions = () =>
  mostly([
    () => 'full',
    () => 'square',
    () => [number(), number(), number(), number()].join(','),
    () => `pct:${[share(), share(), share(), share()].join(',')}`,
  ]);
const sizes = () =>
  mostly([
    () => pick(['max', '^max', 'full'], ''),
    () => `${pick(['', '^'], '')}${number()},`,
    () => `${pick(['', '^'], '')},${number()}`,
    () => `${pick(['', '^', '!', '^!'], '')}${number()},${number()}`,
    () => `${pick(['', '^'], '')}pct:${share()}`,
  ]);
const rotations = () => mostly([() => pick(['0', '90', '180', '270', '360'], '0'), () => `${pick(['', '!'], '')}${share()}`]);
const files = () =>
  mostly([
    () => 'default.jpg',
    () => `${pick(['default', 'color', 'gray', 'bitonal'], '')}.${pick(['jpg', 'png', 'webp', 'tif'], '')}`,
    () => `${pick(['native', 'default'], '')}.${pick(['exe', '', 'jpg'], '')}`,
  ]);

let refused = 0;
let answered = 0;
function meet(parts: readonly [string, string, string, string], api: 2 | 3): void {
  try {
    const request = parseImageRequest(...parts, api);
    const resolved = resolveRequest(request, IMAGE, LIMITS);
    const canonical = canonicalPath(request, resolved, IMAGE, false, api);
    const [region = '', size = '', rotation = '', file = ''] = canonical.split('/');
    const again = parseImageRequest(region, size, rotation, file, api);
    const twice = canonicalPath(again, resolveRequest(again, IMAGE, LIMITS), IMAGE, false, api);
    if (twice !== canonical) throw new Error(`${canonical} is canonically ${twice}`);
    answered++;
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.fault !== 'request')
      throw new Error(`${parts.join('/')} (${api}) of seed ${values.seed}`, { cause: thrown });
    refused++;
  }
}

const statuses = new Map<number, number>();
await serving(
  { picture: await pyramidOf(smoothPicture(IMAGE.width, IMAGE.height)) },
  async ({ get }) => {
    const under = new Set<Promise<void>>();
    for (let n = 0; n < total; n++) {
      const api = pick([2, 3] as const, 3);
      const parts = [regions(), sizes(), rotations(), files()] as const;
      meet(parts, api);
      if (n % (total / 20) === 0) process.stdout.write(`${Math.round((n / total) * 100)} %\n`);
      if (n % SENT !== 0) continue;
      // Half of them as a careless client would send them.
      const path = parts
        .map((part) => (random() < 0.5 ? encodeURIComponent(part.toWellFormed()) : encodeURI(part.toWellFormed()).replaceAll('#', '%23')))
        .join('/');
      const sent = get(`/iiif/image/${api}/picture/${path}`).then(({ status }) => {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500 && status !== 503) throw new Error(`${path} answers ${status}, seed ${values.seed}`);
      });
      under.add(sent);
      void sent.finally(() => under.delete(sent)).catch(() => {});
      if (under.size >= AT_ONCE) await Promise.race(under);
    }
    await Promise.all(under);
  },
  { VITRINE_IMAGE_MAX_AREA: String(LIMITS.maxArea) },
);
const said = [...statuses].map(([status, count]) => `${count} times ${status}`).join(', ');
process.stdout.write(`${total} requests of seed ${values.seed}: ${answered} understood, ${refused} refused; over HTTP ${said}\n`);
