import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { cleanHtml } from '../clean-html.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { elementsAt, phrases, type XmlValue } from '../xml/xml-values.ts';
import { preferred } from './preferred.ts';

/** Events by which an object came about (LIDO terminology: production, creation, designing). */
const MAKING = /lido00007|lido00012|lido00224|^(production|creation|herstellung|entstehung|entwurf|designing)\b/i;

export const isMaking = (event: XmlValue): boolean =>
  [...elementsAt(event, 'eventType/conceptID'), ...elementsAt(event, 'eventType/term')].some(
    ({ words }) => MAKING.test(words.replace(/^.*\//, '')) || MAKING.test(words),
  );

/** What happened to an object, as pairs: of its making who, when, where and of what; of anything else a line each. */
export function lidoEvents(events: readonly XmlValue[]): MappedObject['metadata'] {
  const making = events.filter(isMaking);
  const pairs: MappedObject['metadata'] = [
    ...pair('Maker', making.flatMap(actors)),
    ...pair(
      'Date',
      making.flatMap((event) => elementsAt(event, 'eventDate/displayDate')),
    ),
    ...pair('Place', making.flatMap(places)),
    ...pair('Materials and techniques', making.flatMap(materials)),
  ];
  const others = events
    .filter((event) => !making.includes(event))
    .flatMap((event) => {
      const name = languageMapOf(phrases(preferred(elementsAt(event, 'eventType/term')).slice(0, 1), plainText));
      const said = [
        ...actors(event),
        ...elementsAt(event, 'eventDate/displayDate'),
        ...places(event),
        ...elementsAt(event, 'eventDescriptionSet/descriptiveNoteValue'),
      ];
      const lines = phrases(said, cleanHtml);
      const [first] = lines;
      return name && first ? [{ label: name, value: { [first.language]: [lines.map(({ value }) => value).join(', ')] } }] : [];
    });
  return [...pairs, ...others];
}

function pair(name: string, values: readonly XmlValue[]): MappedObject['metadata'] {
  const value = languageMapOf(phrases(values, cleanHtml));
  return value ? [{ label: { en: [name] }, value }] : [];
}

/** How it is displayed, else each by the name that is preferred. */
function actors(event: XmlValue): readonly XmlValue[] {
  return elementsAt(event, 'eventActor').flatMap((actor) => {
    const display = elementsAt(actor, 'displayActorInRole');
    return display.length > 0
      ? display
      : elementsAt(actor, 'actorInRole').flatMap((one) => preferred(elementsAt(one, 'actor/nameActorSet/appellationValue')).slice(0, 1));
  });
}

const places = (event: XmlValue): readonly XmlValue[] =>
  elementsAt(event, 'eventPlace').flatMap((place) => {
    const display = elementsAt(place, 'displayPlace');
    return display.length > 0 ? display : preferred(elementsAt(place, 'place/namePlaceSet/appellationValue')).slice(0, 1);
  });

const materials = (event: XmlValue): readonly XmlValue[] =>
  elementsAt(event, 'eventMaterialsTech').flatMap((one) => {
    const display = elementsAt(one, 'displayMaterialsTech');
    return display.length > 0
      ? display
      : elementsAt(one, 'materialsTech/termMaterialsTech').flatMap((term) => preferred(elementsAt(term, 'term')).slice(0, 1));
  });
