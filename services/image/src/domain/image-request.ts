import { Problem } from '@vitrine/platform/problem.ts';

export type Region = { kind: 'full' } | { kind: 'square' } | { kind: 'pixels' | 'percent'; x: number; y: number; w: number; h: number };
export type Size = { upscale: boolean } & (
  | { kind: 'max' }
  | { kind: 'percent'; n: number }
  | { kind: 'confined'; w: number; h: number }
  | { kind: 'exact'; w: number | undefined; h: number | undefined }
);
type Quality = 'default' | 'color' | 'gray' | 'bitonal';
type Format = 'jpg' | 'png';

export type ImageRequest = {
  region: Region;
  size: Size;
  rotation: { degrees: 0 | 90 | 180 | 270; mirrored: boolean };
  quality: Quality;
  format: Format;
};

// Image API 3.0, 4.7: digits and a point, no sign, no exponent.
const N = '(\\d+(?:\\.\\d+)?|\\.\\d+)';
const REGION_PIXELS = /^(\d+),(\d+),(\d+),(\d+)$/;
const REGION_PERCENT = new RegExp(`^pct:${N},${N},${N},${N}$`);
const SIZE_PERCENT = new RegExp(`^pct:${N}$`);
const SIZE_CONFINED = /^!(\d+),(\d+)$/;
const SIZE_EXACT = /^(\d*),(\d*)$/;
const FILE = /^(default|color|gray|bitonal)\.(jpg|png)$/;
const ROTATIONS = { 0: 0, 90: 90, 180: 180, 270: 270, 360: 0 } as const;
const MOST = 1_000_000_000;

/**
 * The four parameters of an image request (Image API 3.0, 4), each exactly as the specification writes it.
 *
 * @throws Problem `image-request-invalid`
 */
export function parseImageRequest(region: string, size: string, rotation: string, file: string): ImageRequest {
  const parts = FILE.exec(file);
  if (!parts) throw invalid('quality and format', file);
  return {
    region: parseRegion(region),
    size: parseSize(size),
    rotation: parseRotation(rotation),
    quality: qualityOf(parts[1]),
    format: parts[2] === 'png' ? 'png' : 'jpg',
  };
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

function parseSize(value: string): Size {
  const upscale = value.startsWith('^');
  const text = upscale ? value.slice(1) : value;
  if (text === 'max') return { upscale, kind: 'max' };
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
  if (confined && w !== undefined && h !== undefined) return { upscale, kind: 'confined', w, h };
  if (w === undefined && h === undefined) throw invalid('size', value);
  return { upscale, kind: 'exact', w, h };
}

function parseRotation(value: string): ImageRequest['rotation'] {
  const mirrored = value.startsWith('!');
  const text = mirrored ? value.slice(1) : value;
  const turn = /^\d+(?:\.0+)?$/.test(text) ? Number(text) : Number.NaN;
  if (turn !== 0 && turn !== 90 && turn !== 180 && turn !== 270 && turn !== 360) throw invalid('rotation', value);
  return { degrees: ROTATIONS[turn], mirrored };
}

function qualityOf(value: string | undefined): Quality {
  return value === 'color' || value === 'gray' || value === 'bitonal' ? value : 'default';
}
