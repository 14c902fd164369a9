// The process that encodes and decodes JPEG 2000, one task at a time: WebAssembly never gives memory back, and a file that takes forever is ended
// with it. It keeps the file that was wanted last, and what was decoded of it.

import { decodeJp2, encodeJp2, type Jp2Pixels } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { Rectangle } from '../domain/resolve-request.ts';
import type { Jp2Answer, Jp2Task } from './jp2-task.ts';

/** Bytes of decoded sizes that are kept of the file at hand. */
const KEPT = 192 * 1024 * 1024;

let current: { file: string; bytes: Uint8Array } | undefined;
/** By size; those wanted last at the end. */
const decoded = new Map<number, Jp2Pixels>();

async function answer(task: Jp2Task): Promise<Jp2Answer> {
  if (task.kind === 'encode') return { bytes: await encodeJp2(task), channels: task.channels };
  if (task.bytes) {
    current = { file: task.file, bytes: task.bytes };
    decoded.clear();
  }
  if (current?.file !== task.file) return { fault: 'another file is at hand' };
  const pixels = decoded.get(task.level) ?? (await decodeJp2(current.bytes, task.level));
  keep(task.level, pixels);
  return { bytes: cut(pixels, task.rectangle), channels: pixels.channels };
}

function keep(level: number, pixels: Jp2Pixels): void {
  decoded.delete(level);
  decoded.set(level, pixels);
  let total = [...decoded.values()].reduce((sum, { data }) => sum + data.length, 0);
  for (const [other, { data }] of decoded) {
    if (total <= KEPT) return;
    decoded.delete(other);
    total -= data.length;
  }
}

function cut({ data, width, height, channels }: Jp2Pixels, rectangle: Rectangle): Uint8Array {
  if (rectangle.x + rectangle.width > width || rectangle.y + rectangle.height > height) throw new RangeError('outside of the picture');
  const line = rectangle.width * channels;
  const part = new Uint8Array(line * rectangle.height);
  for (let row = 0; row < rectangle.height; row++) {
    const from = ((rectangle.y + row) * width + rectangle.x) * channels;
    part.set(data.subarray(from, from + line), row * line);
  }
  return part;
}

process.on('disconnect', () => process.exit());
process.on('message', (task: Jp2Task) => {
  answer(task)
    .catch((thrown: unknown): Jp2Answer => ({ fault: String(thrown) }))
    .then((answered) => process.send?.(answered));
});
