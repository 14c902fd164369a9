import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import type { Sharp } from 'sharp';
import type { ConversionTask } from './conversion-task.ts';
import type { OpenMaster } from './open-master.ts';
import { unreadable } from './unreadable.ts';
import { writeRestarting } from './write-restarting.ts';

/** From so many bytes of tiles on a file may pass 4 GB; pixels of JPEG take about one byte, others all they have. */
const BIG_TIFF = 1_000_000_000;
const MILLIMETRES = 10;

/** Pixels up to which the tiles are gone over in memory, and written once; larger files go to the disk as libvips makes them. */
const IN_MEMORY = 200_000_000;

/**
 * A pyramidal TIFF, by libvips: decoded, shrunk and encoded strip by strip, so that memory does not grow with the height. JPEG tiles are then made such
 * that they can be joined.
 *
 * @returns by level the unit after whose rows its tiles restart, where they do
 */
export async function writePyramid(
  { output, settings }: ConversionTask,
  image: () => Sharp,
  { master: { size, facts }, xmp }: { master: OpenMaster; xmp: string | undefined },
): Promise<readonly Size[]> {
  const { tile, quality, encoding } = settings;
  const scale = facts.pixelsPerCentimetre;
  const pixels = size.width * size.height;
  const described = xmp === undefined ? image() : image().withXmp(xmp);
  const pyramid = described.tiff({
    tile: true,
    tileWidth: tile,
    tileHeight: tile,
    pyramid: true,
    compression: encoding === 'deflate' ? 'deflate' : 'jpeg',
    quality,
    bigtiff: pixels * (encoding === 'deflate' ? 4 : 1) >= BIG_TIFF,
    ...(scale === undefined ? {} : { xres: scale / MILLIMETRES, yres: scale / MILLIMETRES, resolutionUnit: 'cm' as const }),
  });
  const failed = (thrown: unknown) => {
    throw unreadable(thrown);
  };
  if (encoding === 'jpeg' && pixels <= IN_MEMORY) return writeRestarting(await pyramid.toBuffer().catch(failed), output);
  await pyramid.toFile(output).catch(failed);
  return [];
}
