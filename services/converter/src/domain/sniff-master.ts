/** What a master is by its first bytes; `unsupported` says what it is instead, for a sentence. */
export type SniffedMaster =
  | { readonly kind: 'jpeg' | 'png' | 'tiff' | 'webp' | 'avif' | 'gif' | 'jp2' | 'pdf' }
  | { readonly kind: 'unsupported'; readonly what: string };

/** Bytes that must be at hand to tell. */
export const SNIFFED = 4096;

type Rule = { readonly at?: number; readonly magic: string; readonly is: SniffedMaster };

const unsupported = (what: string): SniffedMaster => ({ kind: 'unsupported', what });

/** In order: what is more special stands first. Text is Latin-1. */
const RULES: readonly Rule[] = [
  { magic: '\xff\xd8\xff', is: { kind: 'jpeg' } },
  { magic: '\x89PNG\r\n\x1a\n', is: { kind: 'png' } },
  { at: 8, magic: 'CR\x02\x00', is: unsupported('a camera raw file (Canon CR2)') },
  { magic: 'II*\x00', is: { kind: 'tiff' } },
  { magic: 'MM\x00*', is: { kind: 'tiff' } },
  { magic: 'II+\x00', is: { kind: 'tiff' } },
  { magic: 'MM\x00+', is: { kind: 'tiff' } },
  { magic: 'GIF87a', is: { kind: 'gif' } },
  { magic: 'GIF89a', is: { kind: 'gif' } },
  { magic: '\x00\x00\x00\x0cjP  ', is: { kind: 'jp2' } },
  { magic: '\xff\x4f\xff\x51', is: { kind: 'jp2' } },
  { at: 8, magic: 'WEBP', is: { kind: 'webp' } },
  { magic: 'FUJIFILMCCD-RAW', is: unsupported('a camera raw file (Fujifilm)') },
  { magic: 'IIU\x00', is: unsupported('a camera raw file (Panasonic)') },
  { magic: 'IIRO', is: unsupported('a camera raw file (Olympus)') },
  { magic: 'IIRS', is: unsupported('a camera raw file (Olympus)') },
  { magic: '\x00MRM', is: unsupported('a camera raw file (Minolta)') },
  { magic: 'FOVb', is: unsupported('a camera raw file (Sigma)') },
  { magic: '8BPS', is: unsupported('a Photoshop file') },
  { magic: 'BM', is: unsupported('a BMP file') },
  { magic: '\x76\x2f\x31\x01', is: unsupported('an OpenEXR file') },
  { magic: '#?RADIANCE', is: unsupported('a Radiance HDR file') },
  { magic: '\xff\x0a', is: unsupported('a JPEG XL file') },
  { magic: '\x00\x00\x00\x0cJXL ', is: unsupported('a JPEG XL file') },
  { magic: 'AT&TFORM', is: unsupported('a DjVu file') },
  { magic: '%!PS', is: unsupported('a PostScript file') },
  { magic: 'SIMPLE  =', is: unsupported('a FITS file') },
  { magic: 'PK\x03\x04', is: unsupported('a ZIP archive') },
  { magic: '\x1f\x8b', is: unsupported('a gzip archive') },
  { magic: '\x1a\x45\xdf\xa3', is: unsupported('a video (Matroska, WebM)') },
  { magic: 'OggS', is: unsupported('a sound or video (Ogg)') },
  { magic: 'ID3', is: unsupported('a sound (MP3)') },
  { magic: 'fLaC', is: unsupported('a sound (FLAC)') },
  { at: 8, magic: 'AVI ', is: unsupported('a video (AVI)') },
  { at: 8, magic: 'WAVE', is: unsupported('a sound (WAV)') },
  { magic: '\x00\x00\x01\xba', is: unsupported('a video (MPEG)') },
  { magic: '\x00\x00\x01\xb3', is: unsupported('a video (MPEG)') },
];

/** ISO/IEC 14496-12, 4.3: brands that the first box of a file names. */
const AVIF = ['avif', 'avis'];
const HEIC = ['heic', 'heix', 'hevc', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1'];
/** A PDF may stand behind up to a kilobyte of something else (ISO 32000-1, annex H.3.4.1). */
const PDF_WITHIN = 1024;

/** Tells a master by its content; its name and what a server calls it say nothing. Undefined where nothing is known. */
export function sniffMaster(start: Buffer): SniffedMaster | undefined {
  if (start.length === 0) return unsupported('empty');
  const text = start.toString('latin1', 0, SNIFFED);
  const found = RULES.find(({ at = 0, magic }) => text.startsWith(magic, at));
  if (found) return found.is;
  if (text.startsWith('ftyp', 4)) return mediaFile(start);
  if (text.slice(0, PDF_WITHIN).includes('%PDF-')) return { kind: 'pdf' };
  return markup(text);
}

function mediaFile(start: Buffer): SniffedMaster {
  const length = Math.min(start.readUInt32BE(0), start.length, 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= length; at += 4) if (at !== 12) brands.push(start.toString('latin1', at, at + 4));
  if (brands.some((brand) => AVIF.includes(brand))) return { kind: 'avif' };
  if (brands.some((brand) => HEIC.includes(brand))) return unsupported('a HEIC file');
  if (brands[0] === 'crx ') return unsupported('a camera raw file (Canon CR3)');
  return unsupported('a video (MP4, QuickTime)');
}

function markup(text: string): SniffedMaster | undefined {
  const begun = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(begun)) return unsupported('a web page (HTML)');
  if (/^<(svg|\?xml|!--|!doctype)/.test(begun)) return unsupported(begun.includes('<svg') ? 'an SVG drawing' : 'XML');
  if (/^[{[]/.test(begun)) return unsupported('JSON');
  return undefined;
}
