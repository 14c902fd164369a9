type PlainPage = { readonly width: number; readonly height: number; readonly shade: number };

const ENTRY = 12;
const BYTE = 8;

/** An uncompressed TIFF of grey pages, each of one shade (TIFF 6.0, section 2), little endian. */
export function plainTiff(pages: readonly PlainPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let at = BYTE;
  let pointer = { buffer: parts[0] ?? Buffer.alloc(0), place: 4 };
  for (const { width, height, shade } of pages) {
    const pixels = Buffer.alloc(width * height + ((width * height) % 2), shade);
    const entries: readonly (readonly [tag: number, value: number])[] = [
      [256, width],
      [257, height],
      [258, BYTE],
      [259, 1],
      [262, 1],
      [273, at],
      [277, 1],
      [278, height],
      [279, width * height],
    ];
    const directory = Buffer.alloc(2 + entries.length * ENTRY + 4);
    directory.writeUInt16LE(entries.length, 0);
    for (const [n, [tag, value]] of entries.entries()) {
      directory.writeUInt16LE(tag, 2 + n * ENTRY);
      directory.writeUInt16LE(4, 4 + n * ENTRY);
      directory.writeUInt32LE(1, 6 + n * ENTRY);
      directory.writeUInt32LE(value, 10 + n * ENTRY);
    }
    pointer.buffer.writeUInt32LE(at + pixels.length, pointer.place);
    pointer = { buffer: directory, place: directory.length - 4 };
    parts.push(pixels, directory);
    at += pixels.length + directory.length;
  }
  return Buffer.concat(parts);
}
