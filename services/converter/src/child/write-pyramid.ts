import type { Sharp } from 'sharp';
import type { ConversionTask } from './conversion-task.ts';
import type { OpenMaster } from './open-master.ts';
import { unreadable } from './unreadable.ts';

/** From so many bytes of tiles on a file may pass 4 GB; pixels of JPEG take about one byte, others all they have. */
const BIG_TIFF = 1_000_000_000;
const MILLIMETRES = 10;

/** A pyramidal TIFF, by libvips: decoded, shrunk and encoded strip by strip, so that memory does not grow with the height. */
export async function writePyramid(
  { output, settings }: ConversionTask,
  image: () => Sharp,
  { master: { size, facts }, xmp }: { master: OpenMaster; xmp: string | undefined },
): Promise<void> {
  const { tile, quality, encoding } = settings;
  const scale = facts.pixelsPerCentimetre;
  const described = xmp === undefined ? image() : image().withXmp(xmp);
  try {
    await described
      .tiff({
        tile: true,
        tileWidth: tile,
        tileHeight: tile,
        pyramid: true,
        compression: encoding === 'deflate' ? 'deflate' : 'jpeg',
        quality,
        bigtiff: size.width * size.height * (encoding === 'deflate' ? 4 : 1) >= BIG_TIFF,
        ...(scale === undefined ? {} : { xres: scale / MILLIMETRES, yres: scale / MILLIMETRES, resolutionUnit: 'cm' as const }),
      })
      .toFile(output);
  } catch (thrown) {
    throw unreadable(thrown);
  }
}
