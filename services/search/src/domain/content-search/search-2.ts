import { isWhole, type ResultPage } from './result-page.ts';

export const SEARCH_2 = 'http://iiif.io/api/search/2/context.json';

/**
 * Content Search 2.0, 4.2: an annotation a line of a match; 4.3: the words before and after it, as `contextualizing` annotations. The outer
 * total counts annotations, the inner one matches.
 */
export function searchPage2(page: ResultPage) {
  const { id, first, next, ignored, hits } = page;
  const items = hits.flatMap(({ lines }) =>
    lines.map(({ id: line, text, target }) => ({
      id: line,
      type: 'Annotation' as const,
      motivation: 'supplementing',
      body: { type: 'TextualBody' as const, value: text, format: 'text/plain' },
      target,
    })),
  );
  const contexts = hits.flatMap(({ id: hit, lines, prefix, exact, suffix }) => {
    const selector = { type: 'TextQuoteSelector' as const, prefix, exact, suffix };
    const targets = lines.map(({ id: line }) => ({ type: 'SpecificResource' as const, source: line, selector: [selector] }));
    const [only] = targets;
    // 4.3.4: one match over several annotations has an array of targets.
    return only
      ? [{ id: hit, type: 'Annotation' as const, motivation: 'contextualizing', target: targets.length === 1 ? only : targets }]
      : [];
  });
  return {
    '@context': SEARCH_2,
    id,
    type: 'AnnotationPage' as const,
    // 4.2.4: what was ignored must be named.
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(isWhole(page)
      ? {}
      : { partOf: { id: `${first}#all`, type: 'AnnotationCollection' as const, first: { id: first, type: 'AnnotationPage' as const } } }),
    ...(next === undefined ? {} : { next: { id: next, type: 'AnnotationPage' as const } }),
    items,
    ...(contexts.length > 0 ? { annotations: [{ id: `${id}#context`, type: 'AnnotationPage' as const, items: contexts }] } : {}),
  };
}
