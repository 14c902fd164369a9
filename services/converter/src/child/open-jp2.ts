import { Problem } from '@vitrine/platform/problem.ts';
import { decodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { ConversionTask } from './conversion-task.ts';
import { drawnMaster } from './drawn-page.ts';
import { jp2Facts, jp2HeaderOf, OPENJPEG } from './keep-jp2.ts';
import { demandPixels, type OpenMaster, readWhole } from './open-master.ts';

/**
 * A JPEG 2000 master, decoded by OpenJPEG in WebAssembly: whole, at some 18 bytes a pixel.
 *
 * @throws Problem `master-format-unsupported`, `master-unreadable`, `master-too-large`
 */
export async function openJp2({ input, page, maxPixels }: ConversionTask): Promise<OpenMaster> {
  if (page > 1) throw new Problem('master-unreadable', { detail: `it has no page ${page}` });
  const header = await jp2HeaderOf(input);
  const { width, height, bits, profile, undecodable } = header;
  if (undecodable !== undefined) throw new Problem('master-format-unsupported', { detail: `the file is JPEG 2000 with ${undecodable}` });
  demandPixels(header, maxPixels);
  const decoded = await decodeJp2(await readWhole(input), 0).catch((cause: unknown) => {
    // What OpenJPEG throws is a number.
    throw new Problem('master-unreadable', { detail: 'its JPEG 2000 can’t be decoded', cause });
  });
  const { data, channels } = decoded;
  if (decoded.width !== width || decoded.height !== height || (channels !== 1 && channels !== 3))
    throw new Problem('master-unreadable', { detail: `its JPEG 2000 is ${decoded.width} × ${decoded.height} of ${channels} channels` });
  const drawn = { data: Buffer.from(data.buffer, data.byteOffset, data.byteLength), width, height, channels } as const;
  const lost = bits > 8 ? ['depth beyond 8 bits'] : [];
  return drawnMaster(drawn, { facts: { ...jp2Facts(header), channels }, profile, lost, libraries: OPENJPEG });
}
