import type { MuseumEntry, MuseumImage } from './museum.ts';

const aat = (number: string, label: string) => ({ id: `http://vocab.getty.edu/aat/${number}`, type: 'Type', _label: label });
const ENGLISH = [{ id: 'http://vocab.getty.edu/aat/300388277', type: 'Language', _label: 'English' }];
const BRIEF_TEXT = [aat('300418049', 'Brief Text')];

const statement = (number: string, label: string, content: string) => ({
  type: 'LinguisticObject',
  classified_as: [{ ...aat(number, label), classified_as: BRIEF_TEXT }],
  language: ENGLISH,
  content,
});

/** A Linked Art 1.0 record of an entry. */
export function linkedArtRecord(base: string, entry: MuseumEntry) {
  const { title, summary, maker, date, credit, accession, type, homepage, rights, images, parts = [] } = entry;
  return {
    '@context': 'https://linked.art/ns/v1/linked-art.json',
    id: `${base}/objects/${entry.id}`,
    type: 'HumanMadeObject',
    _label: title,
    ...(type === undefined ? {} : { classified_as: [{ ...aat('300046300', type), classified_as: [aat('300435443', 'Type of Work')] }] }),
    identified_by: [
      { type: 'Name', classified_as: [aat('300404670', 'Primary Name')], language: ENGLISH, content: title },
      ...(accession === undefined
        ? []
        : [{ type: 'Identifier', classified_as: [aat('300312355', 'Accession Number')], content: accession }]),
    ],
    referred_to_by: [
      ...(summary === undefined ? [] : [statement('300435416', 'Description', summary)]),
      ...(credit === undefined ? [] : [statement('300026687', 'Credit Line', credit)]),
    ],
    ...(maker === undefined && date === undefined
      ? {}
      : {
          produced_by: {
            type: 'Production',
            ...(maker === undefined ? {} : { carried_out_by: [{ type: 'Person', _label: maker }] }),
            ...(date === undefined ? {} : { timespan: timespan(date) }),
          },
        }),
    ...(rights === undefined ? {} : { subject_to: [{ type: 'Right', classified_as: [{ id: rights, type: 'Type' }] }] }),
    ...(homepage === undefined
      ? {}
      : {
          subject_of: [
            {
              type: 'LinguisticObject',
              digitally_carried_by: [
                {
                  type: 'DigitalObject',
                  _label: 'At the Getty',
                  classified_as: [aat('300264578', 'Web Page')],
                  access_point: [{ id: homepage, type: 'DigitalObject' }],
                },
              ],
            },
          ],
        }),
    ...(images.length === 0
      ? {}
      : { representation: [{ type: 'VisualItem', digitally_shown_by: images.map((image) => digitalObject(base, image)) }] }),
    ...(parts.length === 0
      ? {}
      : {
          part: parts.map(({ label, images: shown }, place) => ({
            id: `${base}/objects/${entry.id}/parts/${place + 1}`,
            type: 'HumanMadeObject',
            _label: label,
            representation: [
              {
                type: 'VisualItem',
                digitally_shown_by: images.filter(({ id }) => shown.includes(id)).map((image) => digitalObject(base, image)),
              },
            ],
          })),
        }),
  };
}

function timespan({ display, begin, end }: NonNullable<MuseumEntry['date']>) {
  return {
    type: 'TimeSpan',
    identified_by: [{ type: 'Name', content: display }],
    ...(begin === undefined ? {} : { begin_of_the_begin: begin }),
    ...(end === undefined ? {} : { end_of_the_end: end }),
  };
}

function digitalObject(base: string, { id, label, master, alto }: MuseumImage) {
  return {
    id: `${base}/digital/${id}`,
    type: 'DigitalObject',
    ...(label === undefined ? {} : { _label: label }),
    classified_as: [aat('300215302', 'Digital Image')],
    format: master.type,
    access_point: [{ id: `${base}/images/${id}`, type: 'DigitalObject' }],
    ...(alto
      ? {
          digitally_carries: [
            {
              type: 'LinguisticObject',
              digitally_carried_by: [
                {
                  type: 'DigitalObject',
                  format: 'application/xml',
                  conforms_to: [{ id: 'http://www.loc.gov/standards/alto/ns-v4#', type: 'InformationObject' }],
                  access_point: [{ id: `${base}/text/${id}.xml`, type: 'DigitalObject' }],
                },
              ],
            },
          ],
        }
      : {}),
  };
}
