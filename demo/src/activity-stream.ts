/** Something that happened to an object, or anything at all that a careless publisher might put there. */
export type MuseumActivity = { readonly type: string; readonly path: string; readonly endTime: string } | { readonly raw: unknown };

const CONTEXT = 'http://iiif.io/api/discovery/1/context.json';
const PAGE = 20;

const pageId = (base: string, page: number) => `${base}/activity-stream/page/${page}`;
const reference = (id: string) => ({ id, type: 'OrderedCollectionPage' });

/** IIIF Change Discovery 1.0, level 2: the collection. */
export function activityCollection(base: string, activities: readonly MuseumActivity[]) {
  const pages = Math.ceil(activities.length / PAGE);
  return {
    '@context': CONTEXT,
    id: `${base}/activity-stream`,
    type: 'OrderedCollection',
    totalItems: activities.length,
    ...(pages > 0 ? { first: reference(pageId(base, 0)), last: reference(pageId(base, pages - 1)) } : {}),
  };
}

/** A page of it, oldest activity first; undefined past the last. */
export function activityPage(base: string, activities: readonly MuseumActivity[], page: number) {
  const items = activities.slice(page * PAGE, (page + 1) * PAGE);
  if (items.length === 0) return undefined;
  return {
    '@context': CONTEXT,
    id: pageId(base, page),
    type: 'OrderedCollectionPage',
    partOf: { id: `${base}/activity-stream`, type: 'OrderedCollection' },
    startIndex: page * PAGE,
    ...(page > 0 ? { prev: reference(pageId(base, page - 1)) } : {}),
    ...((page + 1) * PAGE < activities.length ? { next: reference(pageId(base, page + 1)) } : {}),
    orderedItems: items.map((activity) =>
      'raw' in activity
        ? activity.raw
        : { type: activity.type, object: { id: `${base}${activity.path}`, type: 'HumanMadeObject' }, endTime: activity.endTime },
    ),
  };
}
