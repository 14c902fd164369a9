import type { Description } from '../stores.ts';

/** The images of a section and of those within it; undefined where there is no such section. */
export function rangeImages(sections: Description['sections'], place: number): ReadonlySet<string> | undefined {
  if (!sections[place]) return undefined;
  const within = new Set([place]);
  // A part may stand before what it is a part of; a ring ends where nothing new comes.
  for (let before = 0; before < within.size; ) {
    before = within.size;
    for (const [part, { parent }] of sections.entries()) if (parent !== undefined && within.has(parent)) within.add(part);
  }
  return new Set([...within].flatMap((part) => sections[part]?.images ?? []));
}
