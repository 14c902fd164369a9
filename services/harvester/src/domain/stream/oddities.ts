/** How much an oddity weighs: against what the specification demands, recommends, or only worth knowing. */
export type Weight = 'must' | 'should' | 'note';

const must = (clause: string, title: string) => ({ weight: 'must', clause, title }) as const;
const should = (clause: string, title: string) => ({ weight: 'should', clause, title }) as const;
const note = (clause: string, title: string) => ({ weight: 'note', clause, title }) as const;

/** Everything that a stream can do otherwise than IIIF Change Discovery 1.0 says, by the clause that says it. None stops a harvest. */
export const oddities = {
  'context-missing': must('3.4.1', 'A document has no @context'),
  'context-other': must('3.4.1', 'The last @context is not that of Change Discovery 1'),
  'collection-id-missing': must('3.1', 'The collection has no id'),
  'collection-id-differs': note('3.1', 'The collection names itself by another address than the one asked'),
  'collection-type': must('3.1', 'The collection’s type is not OrderedCollection'),
  'last-missing': must('3.1', 'The collection names no last page'),
  'first-missing': should('3.1', 'The collection names no first page'),
  'total-items-wrong': note('3.1', 'totalItems is not the number of activities'),
  'items-inline': must('3.1', 'The collection holds its activities itself, without pages'),
  'page-missing': must('3.2', 'A page that is linked can’t be read'),
  'page-id-missing': must('3.2', 'A page has no id'),
  'page-id-differs': note('3.2', 'A page names itself by another address than the one asked'),
  'page-type': must('3.2', 'A page’s type is not OrderedCollectionPage'),
  'page-part-of-missing': should('3.2', 'A page does not say what it is part of'),
  'page-empty': must('3.2', 'A page holds no activity'),
  'prev-missing': must('3.2', 'A page that is not the first names none before it'),
  'next-missing': should('3.2', 'A page that is not the last names none after it'),
  'page-loop': must('3.2', 'The links between pages go round in a circle'),
  'page-shifted': note('3.2', 'What was on a page was on another one while the stream was read'),
  'start-index-wrong': must('3.2', 'A startIndex is no integer from 0'),
  'items-unordered': must('3.2', 'Activities are in items, not in orderedItems'),
  'items-not-listed': must('3.2', 'orderedItems is no array'),
  'link-not-object': must('3', 'A link is no object with id and type'),
  'link-relative': must('3', 'An address is relative'),
  'order-newest-first': must('3.2', 'The newest activities come first'),
  'order-mixed': must('3.2', 'Activities are not in the order of their times'),
  'activity-unusable': must('3.3', 'An activity can’t be used'),
  'type-unknown': must('3.3', 'An activity is of a type that the specification does not know; it is taken for an Update'),
  'type-uncommon': should('3.3', 'An activity’s type is none of Create, Update, Delete'),
  'object-not-object': must('3.3', 'The object of an activity is no object with id and type'),
  'object-type-missing': must('3.3', 'The object of an activity has no type'),
  'object-type-other': should('3.3', 'The type of an object is neither Manifest nor Collection'),
  'move-without-target': must('3.3', 'A Move has no target'),
  'time-missing': should('3.3', 'An activity has no endTime'),
  'time-elsewhere': should('3.3', 'The time of an activity is not in endTime'),
  'time-unreadable': must('3.3', 'A time can’t be read'),
  'time-without-zone': must('3.3', 'A time has no zone; it is taken for UTC'),
  'time-zone-other': must('3.3', 'A time is not in UTC'),
  'time-future': should('3.3', 'A time lies more than a day ahead'),
  'activity-twice': should('3.5.4', 'An activity is there more than once'),
  'media-type': should('4.1', 'The media type is neither application/ld+json nor application/json'),
  'not-compressed': should('4.1', 'An answer of more than two kilobytes is not compressed'),
  'no-cors': should('4.1', 'Other people’s pages may not read the answer (Access-Control-Allow-Origin)'),
  'not-conditional': note('4.1', 'An answer has neither ETag nor Last-Modified, so it is sent whole each time'),
} as const satisfies Record<string, { weight: Weight; clause: string; title: string }>;

export type OddityCode = keyof typeof oddities;

/** Takes note of an oddity, with the place that shows it. */
export type NoteOddity = (code: OddityCode, detail?: string) => void;

export const isOddity = (code: string): code is OddityCode => Object.hasOwn(oddities, code);
