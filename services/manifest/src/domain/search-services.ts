import { addresses } from './addresses.ts';

const SEARCH_1_PROFILE = 'http://iiif.io/api/search/1/search';

/** The search of an object, in both versions of Content Search: today's viewers speak 1.0 only. */
export function searchServices(publicUrl: string, object: string) {
  const at = addresses(publicUrl);
  return [
    { id: at.search(object), type: 'SearchService2' },
    { '@id': at.search1(object), '@type': 'SearchService1', profile: SEARCH_1_PROFILE },
  ];
}
