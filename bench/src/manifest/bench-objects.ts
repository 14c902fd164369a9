import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { ManifestInput } from '@vitrine/manifest/domain/made-manifest.ts';
import { mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';

const aat = (number: string, label: string) => ({ id: `http://vocab.getty.edu/aat/${number}`, type: 'Type', _label: label });
const ENGLISH = [{ id: 'http://vocab.getty.edu/aat/300388277', type: 'Language', _label: 'English' }];
const statement = (number: string, content: string) => ({
  type: 'LinguisticObject',
  classified_as: [aat(number, '')],
  language: ENGLISH,
  content,
});

/** A Linked Art record as museums publish them, with so many images. */
export const linkedArtRecord = (n: number, images: number) => ({
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id: `https://museum.example/objects/${n}`,
  type: 'HumanMadeObject',
  _label: `Object ${n}`,
  classified_as: [{ ...aat('300033618', 'Painting'), classified_as: [aat('300435443', 'Type of Work')] }],
  identified_by: [
    { type: 'Name', classified_as: [aat('300404670', 'Primary Name')], language: ENGLISH, content: `The object number ${n}` },
    { type: 'Name', language: [{ id: 'http://vocab.getty.edu/aat/300388344' }], content: `Das Objekt Nummer ${n}` },
    { type: 'Identifier', classified_as: [aat('300312355', 'Accession Number')], content: `1990.${n}` },
  ],
  referred_to_by: [
    statement('300435416', `<p>A description of object ${n}, with <i>markup</i> and some length to it, as curators write them.</p>`),
    statement('300435429', 'Oil on canvas'),
    statement('300435430', '100 × 80 cm'),
    statement('300026687', 'Gift of a friend'),
  ],
  produced_by: {
    type: 'Production',
    carried_out_by: [{ type: 'Person', _label: 'A painter' }],
    timespan: { type: 'TimeSpan', identified_by: [{ type: 'Name', content: '1881' }], begin_of_the_begin: '1881-01-01T00:00:00Z' },
  },
  subject_to: [{ type: 'Right', classified_as: [{ id: 'https://creativecommons.org/publicdomain/zero/1.0/', type: 'Type' }] }],
  current_owner: [{ id: 'https://museum.example/', type: 'Group', _label: 'A museum' }],
  representation: [
    {
      type: 'VisualItem',
      digitally_shown_by: Array.from({ length: images }, (_, image) => ({
        id: `https://museum.example/digital/${n}-${image}`,
        type: 'DigitalObject',
        _label: `Image ${image + 1}`,
        format: 'image/tiff',
        access_point: [{ id: `https://museum.example/images/${n}-${image}.tif`, type: 'DigitalObject' }],
      })),
    },
  ],
});

/** What the manifest service knows of an object when all of its images are there. */
export function manifestInput(n: number, images: number): ManifestInput {
  const mapped = mapLinkedArt(linkedArtRecord(n, images));
  if (!mapped) throw new Error('the record is no object');
  const object = `museum-${n}`;
  const museumObject: MuseumObject = { ...mapped, images: mapped.images.map((image, place) => ({ ...image, id: `${object}-${place}` })) };
  const levels = [4000, 2000, 1000, 500].map((width) => ({ width, height: (width * 3) / 4 }));
  const facts = new Map(
    museumObject.images.map(({ id }) => [
      id,
      { object, revision: 1, state: 'converted' as const, width: 4000, height: 3000, version: 'aaaaaaaaaa', levels },
    ]),
  );
  return { publicUrl: 'https://iiif.example', object, museumObject, facts };
}
