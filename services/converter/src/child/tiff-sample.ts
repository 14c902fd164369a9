import { open } from 'node:fs/promises';
import { type TiffDirectory, TiffFile } from '@vitrine/pyramid/tiff-file.ts';
import { stripsTiff } from '@vitrine/pyramid/wrap-tiff.ts';
import { fileRange } from './file-range.ts';

/** Rows of a TIFF, from one on. */
export type Band = { readonly top: number; readonly rows: number };

/** Some strips of a page, one below the other, as a TIFF of their own: enough to know its colours without decoding all of it. */
export type TiffSample = { readonly file: Buffer; readonly bands: readonly Band[] };

const TAG = { height: 257, offsets: 273, rowsPerStrip: 278, counts: 279, tileWidth: 322 } as const;
/** What says how pixels are to be read: sizes, samples, colours, profile. */
const KEPT = new Set([256, 258, 259, 262, 266, 277, 284, 317, 320, 338, 339, 34_675]);
/** None, LZW, deflate twice, PackBits: each strip by itself. */
const COMPRESSIONS = new Set([1, 5, 8, 32_773, 32_946]);
const SHARE = 8;
const FEWEST = 2;
const MOST = 8;
const MAX_STRIPS = 1_000_000;
const MAX_VALUE = 8 * 1024 * 1024;

/** Undefined where a page is not in many strips that can be read one without the other. @param directory its place, from 0 */
export async function sampleTiff(path: string, directory: number): Promise<TiffSample | undefined> {
  const handle = await open(path);
  try {
    const read = fileRange(handle);
    const file = await TiffFile.open(read);
    if (!file.little) return undefined;
    let page: TiffDirectory = await file.directory(file.first);
    for (let n = 0; n < directory; n++) page = await file.directory(page.next);
    const { entries } = page;
    const one = async (tag: number, otherwise: number) => (await file.values(entries.get(tag), MAX_STRIPS))[0] ?? otherwise;
    const [height, rows] = [await one(TAG.height, 0), await one(TAG.rowsPerStrip, 0)];
    const planar = (await one(284, 1)) !== 1;
    if (entries.has(TAG.tileWidth) || planar || rows < 1 || !COMPRESSIONS.has(await one(259, 1))) return undefined;
    const whole = Math.floor(height / rows);
    const count = Math.min(MOST, Math.round(whole / SHARE));
    if (count < FEWEST) return undefined;
    const offsets = await file.values(entries.get(TAG.offsets), MAX_STRIPS);
    const counts = await file.values(entries.get(TAG.counts), MAX_STRIPS);
    const strips: Buffer[] = [];
    const bands: Band[] = [];
    for (let n = 0; n < count; n++) {
      const strip = Math.floor(((n + 0.5) * whole) / count);
      const [from, length] = [offsets[strip] ?? 0, counts[strip] ?? 0];
      strips.push(await read(from, from + length));
      bands.push({ top: strip * rows, rows });
    }
    const kept = await Promise.all(
      [...entries]
        .filter(([tag]) => KEPT.has(tag))
        .map(async ([tag, entry]) => ({ tag, type: entry.type, count: entry.count, value: await file.raw(entry, MAX_VALUE) })),
    );
    return { file: stripsTiff(kept, rows, strips), bands };
  } finally {
    await handle.close();
  }
}
