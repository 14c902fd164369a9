import type { ResultPage } from './result-page.ts';

const PRESENTATION_2 = 'http://iiif.io/api/presentation/2/context.json';
export const SEARCH_1 = 'http://iiif.io/api/search/1/context.json';

/**
 * Content Search 1.0, 3.3 and 3.4: a resource a line of a match, and a hit a match with the words around it. `on` is always a plain address with
 * a fragment, and a hit's resources are on its page: viewers throw at anything else.
 */
export function searchPage1({ id, first, last, previous, next, total, before, ignored, hits, suggestions }: ResultPage) {
  return {
    '@context': hits.length > 0 ? [PRESENTATION_2, SEARCH_1] : PRESENTATION_2,
    '@id': id,
    '@type': 'sc:AnnotationList' as const,
    within: {
      '@id': `${first}#layer`,
      '@type': 'sc:Layer' as const,
      // Of matches, not of resources: viewers subtract the hits that they show from it.
      ...(total ? { total: total.hits } : {}),
      first,
      ...(last === undefined ? {} : { last }),
      ...(ignored.length > 0 ? { ignored } : {}),
    },
    ...(next === undefined ? {} : { next }),
    ...(previous === undefined ? {} : { prev: previous }),
    ...(before ? { startIndex: before.hits } : {}),
    resources: hits.flatMap(({ lines }) =>
      lines.map(({ id: line, text, canvas, fragment }) => ({
        '@id': line,
        '@type': 'oa:Annotation' as const,
        motivation: 'sc:painting',
        resource: { '@type': 'cnt:ContentAsText' as const, chars: text },
        on: `${canvas}#${fragment}`,
      })),
    ),
    ...(hits.length > 0
      ? {
          hits: hits.map(({ lines, prefix, exact, suffix }) => ({
            '@type': 'search:Hit' as const,
            annotations: lines.map(({ id: line }) => line),
            before: prefix,
            match: exact,
            after: suffix,
          })),
        }
      : {}),
    ...(suggestions.length > 0 ? { suggestions } : {}),
  };
}
