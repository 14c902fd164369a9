import { addresses } from './addresses.ts';

const SEARCH_1_PROFILE = 'http://iiif.io/api/search/1/search';
const AUTOCOMPLETE_1_PROFILE = 'http://iiif.io/api/search/1/autocomplete';

/** The search of an object or a collection and its autocompletion, in both versions of Content Search: today's viewers speak 1.0 only. */
export function searchServices(publicUrl: string, kind: 'manifests' | 'collections', name: string) {
  const at = addresses(publicUrl);
  const [second, first] = [at.search(2, kind, name), at.search(1, kind, name)];
  return [
    { id: second, type: 'SearchService2', service: [{ id: `${second}/autocomplete`, type: 'AutoCompleteService2' }] },
    {
      '@id': first,
      '@type': 'SearchService1',
      profile: SEARCH_1_PROFILE,
      service: [{ '@id': `${first}/autocomplete`, '@type': 'AutoCompleteService1', profile: AUTOCOMPLETE_1_PROFILE }],
    },
  ];
}
