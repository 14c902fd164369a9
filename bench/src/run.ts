// npm run bench -- NAME: prints a table for people and ends with one line of JSON; exits 1 when a figure misses.

import { benchBus } from './bus.ts';
import { benchConvert } from './convert/bench-convert.ts';
import { benchEngines } from './engines.ts';
import type { Figure } from './figure.ts';
import { benchHarvest } from './harvest/bench-harvest.ts';
import { benchImage } from './image/bench-image.ts';
import { benchLine } from './line.ts';
import { benchManifest } from './manifest/bench-manifest.ts';
import { benchSearch } from './search/bench-search.ts';

const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  bus: benchBus,
  convert: benchConvert,
  engines: benchEngines,
  harvest: benchHarvest,
  image: benchImage,
  line: benchLine,
  manifest: benchManifest,
  search: benchSearch,
};

const [, , name = ''] = process.argv;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  process.stderr.write(`npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
const figures = await bench();
const misses = ({ value, at_least, at_most }: Figure) =>
  (at_least !== undefined && value < at_least) || (at_most !== undefined && value > at_most);
for (const figure of figures) {
  const goal =
    figure.at_least !== undefined ? `at least ${figure.at_least}` : figure.at_most !== undefined ? `at most ${figure.at_most}` : '';
  process.stdout.write(`${misses(figure) ? 'MISS' : 'ok  '}  ${figure.name.padEnd(64)} ${String(figure.value).padStart(10)}  ${goal}\n`);
}
process.stdout.write(`${JSON.stringify({ bench: name, figures })}\n`);
process.exit(figures.some(misses) ? 1 : 0);
