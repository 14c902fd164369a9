import type { Size } from '../pyramid-level.ts';

/** What a JPEG 2000 file says of its picture before any of it is decoded. */
export type Jp2Header = Size & {
  readonly channels: number;
  readonly bits: number;
  /** How often its sides can be halved by reading less. */
  readonly halvings: number;
  readonly profile: Buffer | undefined;
  /** Why it can't be shown as it is, in a sentence; undefined where it can. */
  readonly unfit: string | undefined;
  /** Why it can't even be decoded whole. */
  readonly undecodable: string | undefined;
};

const CODESTREAM = Buffer.from([0xff, 0x4f, 0xff, 0x51]);
const SIGNATURE = Buffer.from([0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20]);
const BOX = 8;
const LARGE_BOX = 16;
const SIZ = 2;
const COMPONENT = 3;
const MARKER_COD = 0xff52;
const MARKER_SOT = 0xff90;
/** ITU-T T.800, I.5.3.3: enumerated colour spaces. */
const COLOURS = new Map([
  [16, 'sRGB'],
  [17, 'grey'],
]);
const MAX_PROFILE = 4 * 1024 * 1024;

/** Whether bytes begin like a JP2 file or a bare codestream. */
export function isJpeg2000(start: Buffer): boolean {
  return start.subarray(0, SIGNATURE.length).equals(SIGNATURE) || start.subarray(0, CODESTREAM.length).equals(CODESTREAM);
}

/**
 * Reads the header (ITU-T T.800, annexes A.5, A.6 and I.5).
 *
 * @param start the first bytes of the file, at least up to its first tile part
 * @returns undefined where it is none, or ends before its codestream says what it is
 */
export function readJp2Header(start: Buffer): Jp2Header | undefined {
  try {
    return parse(start);
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** The sizes at which it can be read, largest first. */
export function jp2Levels({ width, height, halvings }: Jp2Header): [Size, ...Size[]] {
  const at = (n: number) => ({ width: Math.ceil(width / 2 ** n), height: Math.ceil(height / 2 ** n) });
  return [at(0), ...Array.from({ length: halvings }, (_, n) => at(n + 1))];
}

type Colour = { space: string | undefined; profile: Buffer | undefined; palette: boolean };

function parse(start: Buffer): Jp2Header | undefined {
  if (start.subarray(0, CODESTREAM.length).equals(CODESTREAM))
    return codestream(start, 0, { space: 'sRGB', profile: undefined, palette: false });
  if (!isJpeg2000(start)) return undefined;
  const colour: Colour = { space: undefined, profile: undefined, palette: false };
  for (const { type, from, to } of boxes(start, 0, start.length)) {
    if (type === 'jp2h') for (const inner of boxes(start, from, to)) readColour(start, inner, colour);
    if (type === 'jp2c') return codestream(start, from, colour);
  }
  return undefined;
}

type Box = { readonly type: string; readonly from: number; readonly to: number };

function* boxes(bytes: Buffer, start: number, end: number): Generator<Box> {
  for (let at = start; at + BOX <= end; ) {
    const short = bytes.readUInt32BE(at);
    const head = short === 1 ? LARGE_BOX : BOX;
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + BOX)) : short === 0 ? end - at : short;
    if (length < head) return;
    yield { type: bytes.toString('latin1', at + 4, at + BOX), from: at + head, to: at + length };
    at += length;
  }
}

function readColour(bytes: Buffer, { type, from, to }: Box, colour: Colour): void {
  if (type === 'pclr') colour.palette = true;
  if (type !== 'colr' || colour.space !== undefined) return;
  const method = bytes.readUInt8(from);
  if (method === 1) colour.space = COLOURS.get(bytes.readUInt32BE(from + 3)) ?? 'another colour space';
  if ((method === 2 || method === 3) && to <= bytes.length && to - from - 3 <= MAX_PROFILE) {
    colour.space = 'profile';
    colour.profile = Buffer.from(bytes.subarray(from + 3, to));
  }
}

function codestream(bytes: Buffer, start: number, colour: Colour): Jp2Header | undefined {
  const size = start + SIZ + 2;
  if (bytes.readUInt16BE(start) !== 0xff4f || bytes.readUInt16BE(start + SIZ) !== 0xff51) return undefined;
  const length = bytes.readUInt16BE(size);
  const [right, bottom] = [bytes.readUInt32BE(size + 4), bytes.readUInt32BE(size + 8)];
  const [left, top] = [bytes.readUInt32BE(size + 12), bytes.readUInt32BE(size + 16)];
  const [tileLeft, tileTop] = [bytes.readUInt32BE(size + 28), bytes.readUInt32BE(size + 32)];
  const channels = bytes.readUInt16BE(size + 36);
  const components = Array.from({ length: Math.min(channels, 16) }, (_, n) => size + 38 + n * COMPONENT);
  const depths = components.map((at) => bytes.readUInt8(at));
  const sampled = components.some((at) => bytes.readUInt8(at + 1) !== 1 || bytes.readUInt8(at + 2) !== 1);
  const halvings = decompositions(bytes, size + length);
  if (halvings === undefined || right <= left || bottom <= top) return undefined;
  const bits = ((depths[0] ?? 0) & 0x7f) + 1;
  return {
    width: right - left,
    height: bottom - top,
    channels,
    bits,
    halvings,
    profile: colour.profile,
    unfit: unfitness({ colour, channels, depths, bits, sampled, offset: left + top + tileLeft + tileTop > 0 }),
    undecodable: undecodability({ colour, channels, depths, bits }),
  };
}

/** By the default coding style; a tile with fewer of its own can't be read at the smallest sizes, which the first decoding shows. */
function decompositions(bytes: Buffer, from: number): number | undefined {
  for (let at = from; ; ) {
    const marker = bytes.readUInt16BE(at);
    if (marker === MARKER_COD) return bytes.readUInt8(at + 9);
    if (marker === MARKER_SOT || marker < 0xff00) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

type Facts = { colour: Colour; channels: number; depths: readonly number[]; bits: number; sampled: boolean; offset: boolean };

/** OpenJPEG, as it is built for the web, applies palettes and turns YCC to RGB, also where it is sampled; it knows one component or three. */
function undecodability({ colour, channels, depths, bits }: Omit<Facts, 'sampled' | 'offset'>): string | undefined {
  if (channels !== 1 && channels !== 3) return `${channels} channels`;
  if (bits > 16 || depths.some((depth) => depth !== depths[0])) return 'samples of differing depth';
  if (((depths[0] ?? 0) & 0x80) !== 0) return 'signed samples';
  if (colour.palette && channels !== 1) return 'a palette of several channels';
  return undefined;
}

function unfitness({ colour, channels, depths, bits, sampled, offset }: Facts): string | undefined {
  if (channels !== 1 && channels !== 3) return `${channels} channels`;
  if (bits > 16 || depths.some((depth) => depth !== depths[0])) return 'samples of differing depth';
  if (((depths[0] ?? 0) & 0x80) !== 0) return 'signed samples';
  if (sampled) return 'reduced colour channels';
  if (offset) return 'a picture that does not begin at its origin';
  if (colour.palette) return 'a palette';
  if (colour.space === 'another colour space') return 'a colour space other than sRGB or grey, without a profile';
  return undefined;
}
