import { Problem } from '@vitrine/platform/problem.ts';

/** Versions of the Image API by the number in their addresses: 3.0 and 2.1. */
export type ApiVersion = 2 | 3;

export type Region = { kind: 'full' } | { kind: 'square' } | { kind: 'pixels' | 'percent'; x: number; y: number; w: number; h: number };
export type Size = { upscale: boolean } & (
  | { kind: 'max' }
  | { kind: 'percent'; n: number }
  | { kind: 'confined'; w: number; h: number }
  | { kind: 'exact'; w: number | undefined; h: number | undefined }
);
const qualities = ['default', 'color', 'gray', 'bitonal'] as const;
type Quality = (typeof qualities)[number];
export const formats = ['jpg', 'png', 'webp', 'avif', 'tif', 'gif', 'jp2', 'pdf'] as const;
export type Format = (typeof formats)[number];
export type Rotation = {
  /** Clockwise, from 0 up to but not 360, after mirroring. */
  readonly degrees: number;
  readonly mirrored: boolean;
};

export type ImageRequest = {
  readonly region: Region;
  readonly size: Size;
  readonly rotation: Rotation;
  readonly quality: Quality;
  readonly format: Format;
};

// Image API 3.0, 4.7: digits and a point, no sign, no exponent.
const N = '(\\d+(?:\\.\\d+)?|\\.\\d+)';
const REGION_PIXELS = /^(\d+),(\d+),(\d+),(\d+)$/;
const REGION_PERCENT = new RegExp(`^pct:${N},${N},${N},${N}$`);
const SIZE_PERCENT = new RegExp(`^pct:${N}$`);
const SIZE_CONFINED = /^!(\d+),(\d+)$/;
const SIZE_EXACT = /^(\d*),(\d*)$/;
const ROTATION = new RegExp(`^(!?)${N}$`);
const MOST = 1_000_000_000;

/**
 * The four parameters of an image request (Image API 3.0, 4, and 2.1.1, 4), each exactly as the specification writes it.
 *
 * @throws Problem `image-request-invalid`
 */
export function parseImageRequest(region: string, size: string, rotation: string, file: string, version: ApiVersion = 3): ImageRequest {
  const point = file.lastIndexOf('.');
  const quality = qualities.find((known) => known === file.slice(0, point));
  const format = formats.find((known) => known === file.slice(point + 1));
  if (point < 0 || !quality || !format) throw invalid('quality and format', file);
  return { region: parseRegion(region), size: parseSize(size, version), rotation: parseRotation(rotation), quality, format };
}

function invalid(what: string, value: string): Problem {
  return new Problem('image-request-invalid', { detail: `${what}: ${value.slice(0, 80)}` });
}

function numbers(values: readonly (string | undefined)[], what: string): number[] {
  return values.map((value) => {
    const number = Number(value);
    if (!(number <= MOST)) throw invalid(what, String(value));
    return number;
  });
}

function parseRegion(value: string): Region {
  if (value === 'full') return { kind: 'full' };
  if (value === 'square') return { kind: 'square' };
  const pixels = REGION_PIXELS.exec(value);
  const percent = pixels ? null : REGION_PERCENT.exec(value);
  const match = pixels ?? percent;
  if (!match) throw invalid('region', value);
  const [x = 0, y = 0, w = 0, h = 0] = numbers(match.slice(1), 'region');
  // 4.1: "If the requested region’s height or width is zero … 400".
  if (w === 0 || h === 0) throw invalid('region', value);
  return { kind: pixels ? 'pixels' : 'percent', x, y, w, h };
}

function parseSize(value: string, version: ApiVersion): Size {
  const marked = version === 3 && value.startsWith('^');
  const text = marked ? value.slice(1) : value;
  // 2.1.1, 4.2: `full` beside `max`, and no `^`: with sizeAboveFull a size may be larger as it is, but `max` and `!w,h` stay what they are.
  if (text === 'max' || (version === 2 && text === 'full')) return { upscale: marked, kind: 'max' };
  const upscale = marked || version === 2;
  const percent = SIZE_PERCENT.exec(text);
  if (percent) {
    const [n = 0] = numbers(percent.slice(1), 'size');
    // 4.2: without "^" n must not be greater than 100.
    if (n === 0 || (n > 100 && !upscale)) throw invalid('size', value);
    return { upscale, kind: 'percent', n };
  }
  const confined = SIZE_CONFINED.exec(text);
  const exact = confined ? null : SIZE_EXACT.exec(text);
  const match = confined ?? exact;
  if (!match) throw invalid('size', value);
  const [w, h] = match.slice(1).map((part) => (part === '' ? undefined : numbers([part], 'size')[0]));
  if (w === 0 || h === 0) throw invalid('size', value);
  if (confined && w !== undefined && h !== undefined) return { upscale: marked, kind: 'confined', w, h };
  if (w === undefined && h === undefined) throw invalid('size', value);
  return { upscale, kind: 'exact', w, h };
}

function parseRotation(value: string): Rotation {
  const match = ROTATION.exec(value);
  const degrees = Number(match?.[2] ?? Number.NaN);
  // 4.3: "A value outside the range of 0-360 … must be considered invalid and result in a 400".
  if (!(degrees >= 0 && degrees <= 360)) throw invalid('rotation', value);
  return { degrees: degrees === 360 ? 0 : degrees, mirrored: match?.[1] === '!' };
}
