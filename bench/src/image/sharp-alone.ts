// What sharp does alone for the same requests, opening the file at the right page for each: started by measure-sharp-alone.ts with its task as JSON.

import sharp from 'sharp';
import type { SharpTask } from './measure-sharp-alone.ts';

const { file, levels, requests, seconds, inFlight }: SharpTask = JSON.parse(process.argv[2] ?? '{}');
const [full = { width: 1, height: 1 }] = levels;

async function answer(path: string): Promise<void> {
  const [region = '', size = '', rotation = '', name = ''] = path.split('/');
  const [x = 0, y = 0, w = full.width, h = full.height] = region === 'full' ? [] : region.split(',').map(Number);
  const [width = 1, height = 1] = size
    .replace(/^[!^]+/, '')
    .split(',')
    .map(Number);
  let page = 0;
  for (const [level, { width: across }] of levels.entries()) if ((w * across) / full.width + 1 >= width) page = level;
  const { width: across, height: down } = levels[page] ?? full;
  const [left, top] = [Math.floor((x * across) / full.width), Math.floor((y * down) / full.height)];
  const part = {
    left,
    top,
    width: Math.max(1, Math.min(across - left, Math.ceil((w * across) / full.width))),
    height: Math.max(1, Math.min(down - top, Math.ceil((h * down) / full.height))),
  };
  let image = sharp(file, { page }).extract(part);
  if (part.width !== width || part.height !== height)
    image = image.resize(width, height, { fit: size.startsWith('!') ? 'inside' : 'fill' });
  if (rotation !== '0') image = image.rotate(Number(rotation));
  if (name.startsWith('gray')) image = image.grayscale();
  await image.jpeg({ quality: 85 }).toBuffer();
}

let done = 0;
let next = 0;
const began = performance.now();
await Promise.all(
  Array.from({ length: inFlight }, async () => {
    while (performance.now() - began < seconds * 1000) {
      await answer(requests[next++ % requests.length] ?? '');
      done++;
    }
  }),
);
process.send?.(done / ((performance.now() - began) / 1000));
