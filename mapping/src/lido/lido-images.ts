import type { MappedImage } from '@vitrine/contracts/museum-object.ts';
import { imageAt } from '../image-at.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { attribute, elementsAt, phrases, type XmlValue } from '../xml/xml-values.ts';

/** Representations by how much is in them: the master, what is given to everybody, a preview, a thumbnail (LIDO terminology and the older names). */
const SIZES: readonly RegExp[] = [/master|lido00465|highres/i, /provided|lido00464|^$/i, /preview|lido00463/i, /thumb|lido00451/i];
const MAIN_VIEW = /hauptansicht|main view|vorderseite|recto/i;

/** The images of a LIDO record (LIDO 1.0 and 1.1, `resourceWrap`): of each set the largest representation with an address, in their order, the main view first. */
export function lidoImages(lido: XmlValue): MappedImage[] {
  const sets = elementsAt(lido, 'administrativeMetadata/resourceWrap/resourceSet').map((set, place) => ({
    set,
    place,
    order: Number(attribute(set, 'sortorder') ?? Number.NaN),
  }));
  const sorted = sets.toSorted(
    (a, b) =>
      Number(isMain(b.set)) - Number(isMain(a.set)) ||
      (Number.isNaN(a.order) || Number.isNaN(b.order) ? 0 : a.order - b.order) ||
      a.place - b.place,
  );
  const images = sorted.flatMap(({ set }) => imageOf(set) ?? []);
  return images.filter((image, place) => images.findIndex(({ sourceId }) => sourceId === image.sourceId) === place);
}

const isMain = (set: XmlValue): boolean =>
  [...elementsAt(set, 'resourceRelType/term'), ...elementsAt(set, 'resourcePerspective/term')].some(({ words }) => MAIN_VIEW.test(words));

function imageOf(set: XmlValue): MappedImage | undefined {
  const links = elementsAt(set, 'resourceRepresentation').flatMap((representation) => {
    const type = attribute(representation, 'type') ?? '';
    const rank = SIZES.findIndex((pattern) => pattern.test(type));
    return elementsAt(representation, 'linkResource').map((link) => ({ link, rank: rank < 0 ? 1 : rank }));
  });
  const [best] = links.filter(({ link }) => /^(https?|s3):\/\/\S+$/.test(link.words)).toSorted((a, b) => a.rank - b.rank);
  const image = best && imageAt(best.link.words, undefined);
  if (!best || !image) return undefined;
  const format = attribute(best.link, 'formatResource');
  // A resource that says that it is a sound, a text or a model is no image.
  if (format !== undefined && /^(audio|video|text|model|application)\//.test(format)) return undefined;
  const [id] = elementsAt(set, 'resourceID').map(({ words }) => words);
  const label = languageMapOf(phrases(elementsAt(set, 'resourceDescription'), plainText));
  const rights = elementsAt(set, 'rightsResource/rightsType/conceptID')
    .map(({ words }) => rightsUri(words))
    .find((uri) => uri !== undefined);
  const { master } = image;
  return {
    ...image,
    ...(master && format !== undefined && /^image\//.test(format) ? { master: { ...master, format } } : {}),
    ...(id ? { sourceId: id } : {}),
    ...(label ? { label } : {}),
    ...(rights === undefined ? {} : { rights }),
  };
}
