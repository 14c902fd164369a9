/** What Presentation 3.0 says and 2.1 has no words for: told of each manifest that has it, and listed in docs/reference. */
export const LOSSES = {
  media: 'Sound and video: 2.1 has no canvas with a duration',
  composite:
    'What is painted with the help of selectors, styles or several bodies at once, other than an image, one of a choice, or a region of an image',
  provider: 'Organisations with their pages: only a logo is left of them',
  statement: 'The label of the required statement: 2.1 calls it attribution',
  behavior: 'Behaviors other than paged, continuous, individuals, facing-pages, non-paged and multi-part, and all but the first of them',
  placeholder: 'Placeholder and accompanying canvases',
  place: 'navPlace, which is an extension of 3.0',
  annotations: 'Pages of annotations: those of 3.0 are no annotation lists of 2.1',
  empty: 'Canvases on which nothing is painted keep their place without an image',
  start: 'A place or moment within the first canvas',
  services: 'Services that only 3.0 knows',
  rangeParts: 'Parts of canvases that ranges name by selectors, and layers of annotations beside ranges',
  languages: 'Language tags of links',
  wholes: 'What the collections are called that a resource is part of: 2.1 names them by their addresses',
  labels: 'That canvases and ranges have no label: 2.1 demands one, so they are numbered',
} as const;
export type Loss = keyof typeof LOSSES;
