import { seeded } from '@vitrine/platform/faults.ts';
import { HEIGHT, type Size, TILE, WIDTH } from './bench-set.ts';

const LENGTH = 1500;
const SEED = 4711;

/** Image API 3.0 requests behind an image's address, as OpenSeadragon writes them: aligned tiles, scale s with weight 1/s. */
export function alignedTiles(levels: readonly Size[], tile = TILE): string[] {
  const random = seeded(SEED);
  const scales = levels.map((_, level) => 2 ** level);
  const total = scales.reduce((sum, scale) => sum + 1 / scale, 0);
  return Array.from({ length: LENGTH }, () => {
    const scale = scaleAt(scales, random() * total);
    const step = tile * scale;
    const x = Math.floor((random() * WIDTH) / step) * step;
    const y = Math.floor((random() * HEIGHT) / step) * step;
    const [w, h] = [Math.min(step, WIDTH - x), Math.min(step, HEIGHT - y)];
    return `${x},${y},${w},${h}/${Math.ceil(w / scale)},${Math.ceil(h / scale)}/0/default.jpg`;
  });
}

/** The scale whose share of all weights a place lies in. */
function scaleAt(scales: readonly number[], place: number): number {
  let reached = 0;
  for (const scale of scales) {
    reached += 1 / scale;
    if (place < reached) return scale;
  }
  return 1;
}

/** Squares of 200 to 4000 pixels anywhere, 400 pixels wide. */
export function freeRegions(): string[] {
  const random = seeded(SEED);
  return Array.from({ length: LENGTH }, () => {
    const side = Math.floor(200 + random() * 3800);
    const x = Math.floor(random() * (WIDTH - side));
    const y = Math.floor(random() * (HEIGHT - side));
    return `${x},${y},${side},${side}/${side < 400 ? '^' : ''}400,400/0/default.jpg`;
  });
}

export const thumbnail: readonly string[] = ['full/!400,400/0/default.jpg'];

/** Tiles of 512 pixels, half of them turned, half of them grey. */
export function turnedOrGrey(levels: readonly Size[]): string[] {
  return alignedTiles(levels, 2 * TILE).map((path, n) =>
    n % 2 === 0 ? path.replace('/0/default', '/90/default') : path.replace('/default', '/gray'),
  );
}
