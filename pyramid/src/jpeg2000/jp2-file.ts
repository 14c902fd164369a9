/** "\x87\n": what a transfer that changes line ends would break (ITU-T T.800, I.5.1). */
const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x87, 0x0a]);
const SRGB = 16;
const GREYSCALE = 17;

type Picture = { readonly width: number; readonly height: number; readonly channels: 1 | 3 };

/** A JPEG 2000 codestream of 8 bits as a JP2 file (ITU-T T.800, annex I). */
export function jp2File(codestream: Uint8Array, { width, height, channels }: Picture): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt32BE(height, 0);
  header.writeUInt32BE(width, 4);
  header.writeUInt16BE(channels, 8);
  // Bits less one; compression 7 is JPEG 2000; the colour space is known; no rights.
  header.set([7, 7, 0, 0], 10);
  const colour = Buffer.alloc(7);
  colour.set([1, 0, 0], 0);
  colour.writeUInt32BE(channels === 1 ? GREYSCALE : SRGB, 3);
  return Buffer.concat([
    box('jP  ', SIGNATURE),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', Buffer.concat([box('ihdr', header), box('colr', colour)])),
    box('jp2c', codestream),
  ]);
}

function box(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}
