import { Problem } from '@vitrine/platform/problem.ts';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { VarintReader, VarintWriter } from '../page/varint.ts';

const MAGIC = Buffer.from('VOI1');

/** Which image's text, on which canvas (the image that names it, or its address), in which file, and how many units of it there are. */
const IndexedPage = Type.Object({ image: Type.String(), canvas: Type.String(), page: Type.String(), units: Type.Integer() });
export type IndexedPage = Static<typeof IndexedPage>;

const Head = Type.Object({
  units: Type.Integer(),
  pages: Type.Array(IndexedPage),
  languages: Type.Array(Type.String()),
  /** Bytes of each part. */
  parts: Type.Array(Type.Integer()),
});
const head = Compile(Head);

/**
 * The file of an object's words: `VOI1`, the length of the head, the head in JSON, then its parts one after the other: the places of the units; the folded
 * terms in order, by line feeds; how each is mostly written, empty where as folded; how many postings each has and in how many bytes; the postings; and for each language
 * its stems in order, and the terms of each.
 */
export type IndexFile = Omit<Static<typeof Head>, 'parts'> & {
  readonly places: Buffer;
  readonly terms: Buffer;
  readonly written: Buffer;
  readonly sizes: Buffer;
  readonly postings: Buffer;
  readonly stems: readonly { readonly stems: Buffer; readonly members: Buffer }[];
};

export function writeIndexFile({ units, pages, languages, places, terms, written, sizes, postings, stems }: IndexFile): Buffer {
  const parts = [places, terms, written, sizes, postings, ...stems.flatMap(({ stems: names, members }) => [names, members])];
  const json = Buffer.from(JSON.stringify({ units, pages, languages, parts: parts.map(({ length }) => length) }));
  const length = new VarintWriter();
  length.unsigned(json.length);
  return Buffer.concat([MAGIC, length.bytes(), json, ...parts]);
}

/** @throws Problem `unexpected` where it is no index of this release */
export function readIndexFile(bytes: Buffer): IndexFile {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw unfit();
  const reader = new VarintReader(bytes, MAGIC.length);
  const size = reader.unsigned();
  let at = reader.at + size;
  const said: unknown = JSON.parse(bytes.toString('utf8', reader.at, at));
  if (!head.Check(said)) throw unfit();
  const part = (number: number): Buffer => {
    const length = said.parts[number] ?? 0;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const { units, pages, languages } = said;
  const [places, terms, written, sizes, postings] = [part(0), part(1), part(2), part(3), part(4)];
  const stems = languages.map((_, place) => ({ stems: part(5 + place * 2), members: part(6 + place * 2) }));
  return { units, pages, languages, places, terms, written, sizes, postings, stems };
}

const unfit = () => new Problem('unexpected', { detail: 'a stored index is not as this release writes it' });
