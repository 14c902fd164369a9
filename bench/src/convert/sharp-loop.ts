// sharp alone over a list of masters, by sharp-alone.ts: it hashes each, writes a pyramid, syncs it and hashes that too.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { SharpLoop } from './sharp-alone.ts';

const { files, out, atOnce, threads, name }: SharpLoop & { name: string } = JSON.parse(process.argv[2] ?? '{}');
sharp.cache(false);
sharp.concurrency(threads);

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

let next = 0;
await Promise.all(
  Array.from({ length: atOnce }, async (_, lane) => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const made = join(out, `${name}-${lane}.tif`);
      await hashOf(file);
      await sharp(file, { sequentialRead: true, limitInputPixels: false })
        .tiff({ tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, compression: 'jpeg', quality: 85 })
        .toFile(made);
      const handle = await open(made, 'r+');
      await handle.sync();
      await handle.close();
      await hashOf(made);
    }
  }),
);
process.exit();
