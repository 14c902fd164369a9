import { copyFile } from 'node:fs/promises';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import sharp from 'sharp';
import { descriptiveXmp } from '../domain/descriptive-xmp.ts';
import type { ConversionResult, ConversionTask } from './conversion-task.ts';
import { displayed } from './displayed.ts';
import { isKeptJp2, JP2_PIXELS, JP2_TILE, keepJp2 } from './keep-jp2.ts';
import { keptPyramid } from './kept-pyramid.ts';
import type { Made } from './made.ts';
import { makeThumbnails } from './make-thumbnails.ts';
import { bytesOf, demandPixels, openMaster } from './open-master.ts';
import { verifyJp2, verifyPyramid } from './verify-derivative.ts';
import { writeJp2 } from './write-jp2.ts';
import { writePyramid } from './write-pyramid.ts';
import { writeTileTable } from './write-tile-table.ts';

/**
 * A page of a master into a derivative: upright, sRGB or grey, 8 bits, as a pyramidal TIFF (a page a level, down to one tile) or a JPEG 2000 file. What is
 * a suitable pyramid already is copied. The derivative is read back, every tile of it, and compared with the master, before this returns.
 *
 * @throws Problem `master-format-unsupported`, `master-unreadable`, `master-too-large`, `derivative-unverified`, `port-unavailable`
 */
export async function convertMaster(task: ConversionTask): Promise<Omit<ConversionResult, 'memory'>> {
  const made = (await isKeptJp2(task)) ? await keepJp2(task) : ((await keepPyramid(task)) ?? (await make(task)));
  return {
    ...made,
    thumbnails: await makeThumbnails(task, made),
    bytes: { master: await bytesOf(task.input), derivative: await bytesOf(task.output) },
    libraries: made.libraries,
  };
}

const LIBRARIES = { sharp: sharp.versions.sharp ?? '', vips: sharp.versions.vips ?? '' };

async function make(task: ConversionTask): Promise<Made> {
  const master = await openMaster(task);
  const { image, changes, lost } = await displayed(master, task.settings);
  const description = descriptiveXmp(master);
  const told = {
    master: master.facts,
    changes,
    lost: [...lost, ...description.lost],
    kept: description.kept,
    libraries: { ...LIBRARIES, ...master.libraries },
  };
  const { encoding, tile } = task.settings;
  if (encoding === 'jp2' || encoding === 'jp2-lossless') {
    demandPixels(master.size, JP2_PIXELS, 'as a JPEG 2000 file');
    const levels = await writeJp2(task, image, encoding === 'jp2-lossless');
    const verified = await verifyJp2(task, image, master.size, levels);
    const lost = [...told.lost, ...told.kept, ...(master.facts.pixelsPerCentimetre === undefined ? [] : ['the resolution'])];
    return { ...told, kept: [], lost, ...master.size, levels, tile: JP2_TILE, format: 'jp2', encoding, verified };
  }
  const restarts = await writePyramid(task, image, { master, xmp: description.xmp });
  const pyramid = await writeTileTable(task, restarts);
  const verified = await verifyPyramid(task, image, master, pyramid);
  const levels = pyramid.levels.map(({ width, height }) => ({ width, height }));
  return { ...told, ...master.size, levels, tile: { width: tile, height: tile }, encoding, verified };
}

/** A master that is what a derivative would be is used as it is: made anew it would only be worse. */
async function keepPyramid(task: ConversionTask): Promise<Made | undefined> {
  const kept = await keptPyramid(task);
  if (!kept) return undefined;
  const { master, tile, encoding } = kept;
  await copyFile(task.input, task.output);
  const pyramid = await writeTileTable(task, []).catch(notWhole);
  const { image } = await displayed(master, task.settings);
  const verified = await verifyPyramid(task, image, master, pyramid).catch(notWhole);
  const [full, ...rest] = pyramid.levels.map(({ width, height }) => ({ width, height }));
  if (!full) throw new Problem('derivative-unverified', { detail: 'no level' });
  return {
    ...full,
    levels: [full, ...rest],
    tile,
    encoding,
    master: master.facts,
    changes: ['used as it is, with all that it says of itself: it is a pyramid of JPEG tiles already'],
    lost: [],
    kept: [],
    verified,
    libraries: LIBRARIES,
  };
}

/** What is wrong with a derivative that is its master is wrong with the master. */
function notWhole(thrown: unknown): never {
  const problem = asProblem(thrown);
  if (problem.code === 'derivative-unverified' || problem.code === 'derivative-damaged' || problem.code === 'unexpected')
    throw new Problem('master-unreadable', { detail: `a pyramid, but ${problem.detail ?? 'damaged'}`, cause: thrown });
  throw thrown;
}
