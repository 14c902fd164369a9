import type { Description } from './descriptive-xmp.ts';

/** IPTC-IIM 4.2, record 2: data sets by number, and the property of XMP that says the same. */
const DATA_SETS = new Map([
  [5, 'dc:title'],
  [80, 'dc:creator'],
  [105, 'photoshop:Headline'],
  [110, 'photoshop:Credit'],
  [115, 'photoshop:Source'],
  [116, 'dc:rights'],
  [120, 'dc:description'],
]);
const MARKER = 0x1c;
const APPLICATION_RECORD = 2;
const RESOURCE = Buffer.from('8BIM\x04\x04', 'latin1');
/** 1:90, "coded character set": the escape for UTF-8. */
const UTF8 = Buffer.from([MARKER, 1, 90, 0, 3, 0x1b, 0x25, 0x47]);

/** Descriptions of an IPTC record, bare or within Photoshop's image resources; what makes no sense ends it. */
export function iptcDescription(bytes: Buffer): Description {
  const resource = bytes.indexOf(RESOURCE);
  const encoding = bytes.includes(UTF8) ? 'utf8' : 'latin1';
  const found = new Map<string, { text: string; language: undefined }[]>();
  for (let at = bytes.indexOf(MARKER, resource < 0 ? 0 : resource); at >= 0 && at + 5 <= bytes.length && bytes[at] === MARKER; ) {
    const [record, dataSet] = [bytes[at + 1], bytes[at + 2] ?? 0];
    const length = bytes.readUInt16BE(at + 3);
    if (length > 0x7fff || at + 5 + length > bytes.length) break;
    const property = record === APPLICATION_RECORD ? DATA_SETS.get(dataSet) : undefined;
    const text = bytes.toString(encoding, at + 5, at + 5 + length).trim();
    if (property !== undefined && text !== '') found.set(property, [...(found.get(property) ?? []), { text, language: undefined }]);
    at += 5 + length;
  }
  return found;
}
