import type { TiffPage } from '@vitrine/pyramid/tiff-pages.ts';

/** Ways to pack pixels that the decoder at hand lacks, by their number in a TIFF. */
const COMPRESSIONS = new Map([
  [32_809, 'ThunderScan'],
  [32_909, 'Pixar'],
  [34_661, 'JBIG'],
  [34_712, 'JPEG 2000'],
  [34_887, 'LERC'],
  [34_925, 'LZMA'],
  [50_000, 'zstd'],
  [50_001, 'WebP'],
  [50_002, 'JPEG XL'],
]);
/** TIFF 6.0, section 23, and its supplements. */
const COLOURS = new Map([
  [8, 'CIELAB'],
  [9, 'ICCLAB'],
  [10, 'ITULAB'],
  [32_803, 'raw sensor'],
  [34_892, 'raw sensor'],
]);
/** CMYK and transparency. */
const MOST_SAMPLES = 5;

/** What about a page of a TIFF can't be read, for a sentence; undefined where nothing is known to be in the way. */
export function unsupportedTiff({ compression, photometric, samples, planar, tiled, bits }: TiffPage): string | undefined {
  const packed = COMPRESSIONS.get(compression);
  if (packed !== undefined) return `a TIFF compressed by ${packed}`;
  const colours = COLOURS.get(photometric);
  if (colours !== undefined) return `a TIFF of ${colours} colours`;
  if (samples > MOST_SAMPLES) return `a TIFF of ${samples} channels`;
  if (planar && tiled) return 'a TIFF whose tiles hold each colour by itself';
  if (![1, 2, 4, 8, 16, 32, 64].includes(bits)) return `a TIFF of ${bits} bits a sample`;
  return undefined;
}
