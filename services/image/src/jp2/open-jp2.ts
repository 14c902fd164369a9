import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import { type Jp2Header, jp2Levels, readJp2Header } from '@vitrine/pyramid/jpeg2000/jp2-header.ts';
import { COMPRESSION, PHOTOMETRIC, type PyramidLevel, type Size } from '@vitrine/pyramid/pyramid-level.ts';
import type { Opened } from '../open-pyramid.ts';
import type { Derivative } from '../stores.ts';

/** What of a file tells how it is to be read; profiles and metadata may stand before it. */
const HEADER = 4 * 1024 * 1024;
const OPENED_SIZE = 4096;
/** Milliseconds in which storage must have given the file. */
const WHOLE = 30_000;

/** A JPEG 2000 file, whose sizes are read from the file as levels are; none of its tiles is passed through. @throws Problem `derivative-damaged` */
export async function openJp2(blobs: Blobs, { key, tile }: Derivative): Promise<Opened> {
  const [stat, start] = await Promise.all([blobs.stat(key), blobs.read(key, { from: 0, to: HEADER })]);
  const header = readJp2Header(start);
  if (!header || header.unfit !== undefined)
    throw new Problem('derivative-damaged', { detail: `${key}: ${header?.unfit ?? 'no JPEG 2000'}` });
  const modified = stat?.modified ?? new Date(0);
  const [full, ...smaller] = jp2Levels(header).map((size) => levelOf(header, size, tile));
  if (!full) throw new RangeError('a picture has at least one size');
  const notStored = () => {
    throw new RangeError(`${key} has no stored tiles`);
  };
  return {
    size: OPENED_SIZE + (header.profile?.length ?? 0),
    close: () => {},
    pyramid: {
      key,
      modified,
      lastModified: modified.toUTCString(),
      levels: [full, ...smaller],
      crops: [],
      profile: header.profile,
      resolution: undefined,
      passes: () => false,
      tileLength: notStored,
      tileNow: notStored,
      tileInto: notStored,
      tile: notStored,
      wholeTile: notStored,
      storedTiles: notStored,
      storedTilesNow: notStored,
      prefix: notStored,
      whole: () => withDeadline('storage', WHOLE, () => blobs.read(key)),
    },
  };
}

function levelOf({ channels }: Jp2Header, { width, height }: Size, tile: Size): PyramidLevel {
  return {
    width,
    height,
    tileWidth: tile.width,
    tileHeight: tile.height,
    across: Math.ceil(width / tile.width),
    down: Math.ceil(height / tile.height),
    compression: COMPRESSION.jpeg2000,
    photometric: channels === 1 ? PHOTOMETRIC.blackIsZero : PHOTOMETRIC.rgb,
    samples: channels,
    bits: 8,
    predictor: 1,
    tables: undefined,
    offsets: new Float64Array(),
    counts: new Uint32Array(),
  };
}
