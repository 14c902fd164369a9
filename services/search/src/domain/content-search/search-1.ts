import { isWhole, type ResultPage } from './result-page.ts';

const PRESENTATION_2 = 'http://iiif.io/api/presentation/2/context.json';
const SEARCH_1 = 'http://iiif.io/api/search/1/context.json';

/**
 * Content Search 1.0, 3.3 and 3.4: a resource a line of a match, and a hit a match with the words around it. `on` is always a plain address with
 * a fragment, and a hit's resources are on its page: viewers throw at anything else.
 */
export function searchPage1(page: ResultPage) {
  const { id, first, next, ignored, hits } = page;
  const within = {
    '@id': `${first}#layer`,
    '@type': 'sc:Layer' as const,
    // Viewers subtract the hits that they show from it.
    ...(isWhole(page) ? { total: hits.length } : {}),
    first,
    ...(ignored.length > 0 ? { ignored } : {}),
  };
  return {
    '@context': hits.length > 0 ? [PRESENTATION_2, SEARCH_1] : PRESENTATION_2,
    '@id': id,
    '@type': 'sc:AnnotationList' as const,
    within,
    ...(next === undefined ? {} : { next }),
    resources: hits.flatMap(({ lines }) =>
      lines.map(({ id: line, text, target }) => ({
        '@id': line,
        '@type': 'oa:Annotation' as const,
        motivation: 'sc:painting',
        resource: { '@type': 'cnt:ContentAsText' as const, chars: text },
        on: target,
      })),
    ),
    ...(hits.length > 0
      ? {
          hits: hits
            .filter(({ lines }) => lines.length > 0)
            .map(({ lines, prefix, exact, suffix }) => ({
              '@type': 'search:Hit' as const,
              annotations: lines.map(({ id: line }) => line),
              before: prefix,
              match: exact,
              after: suffix,
            })),
        }
      : {}),
  };
}
