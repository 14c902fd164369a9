/**
 * The file that `text.indexed` names: `VPT1`, the length of the text in bytes (32 bits, little-endian), the text in UTF-8, reading order, words apart by a
 * space, lines by a line feed, blocks by two; then, for the search service alone, the places of its words.
 */
const MAGIC = Buffer.from('VPT1');
const HEAD = 8;

export function pageFile(text: string, places: Uint8Array): Buffer {
  const words = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(words.length);
  return Buffer.concat([MAGIC, length, words, places]);
}

/** The two parts of the file; undefined where it is none. */
export function pageFileParts(bytes: Buffer): { readonly text: string; readonly places: Buffer } | undefined {
  if (bytes.length < HEAD || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const end = HEAD + bytes.readUInt32LE(MAGIC.length);
  return end > bytes.length ? undefined : { text: bytes.toString('utf8', HEAD, end), places: bytes.subarray(end) };
}
