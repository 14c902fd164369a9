import type { Hit } from './hits.ts';
import type { ResultPage } from './result-page.ts';

export const SEARCH_2 = 'http://iiif.io/api/search/2/context.json';

/**
 * Content Search 2.0, 4.2: an annotation a line of a match; 4.3: the words before and after it, as `contextualizing` annotations. The outer
 * total counts annotations, the inner one matches.
 */
export function searchPage2({ id, first, last, previous, next, total, before, ignored, hits, suggestions }: ResultPage) {
  const contexts = hits.flatMap(({ id: hit, lines, prefix, exact, suffix }) => {
    const selector = { type: 'TextQuoteSelector' as const, prefix, exact, suffix };
    const targets = lines.map(({ id: line }) => ({ type: 'SpecificResource' as const, source: line, selector: [selector] }));
    const [only] = targets;
    // 4.3.4: one match over several annotations has an array of targets.
    return only
      ? [{ id: hit, type: 'Annotation' as const, motivation: 'contextualizing', target: targets.length === 1 ? only : targets }]
      : [];
  });
  /** A page of annotations, or of what stands around them, among all of its kind: each is a collection of its own. */
  const pageOf = <T>(part: '' | '#context', count: 'lines' | 'hits', items: readonly T[]) => {
    const named = (address: string) => ({ id: `${address}${part}`, type: 'AnnotationPage' as const });
    return {
      ...named(id),
      // 4.2.4: what was ignored must be named.
      ...(part === '' && ignored.length > 0 ? { ignored } : {}),
      partOf: {
        id: `${first}${part === '' ? '#all' : '#all-context'}`,
        type: 'AnnotationCollection' as const,
        ...(total ? { total: total[count] } : {}),
        first: named(first),
        ...(last === undefined ? {} : { last: named(last) }),
      },
      ...(before ? { startIndex: before[count] } : {}),
      ...(next === undefined ? {} : { next: named(next) }),
      ...(previous === undefined ? {} : { prev: named(previous) }),
      items,
    };
  };
  return {
    '@context': SEARCH_2,
    ...pageOf('', 'lines', hits.flatMap(annotationsOf)),
    ...(contexts.length > 0 ? { annotations: [pageOf('#context', 'hits', contexts)] } : {}),
    ...(suggestions.length > 0 ? { suggestions } : {}),
  };
}

function annotationsOf({ lines, manifest }: Hit) {
  return lines.map(({ id, text, canvas, fragment }) => {
    const address = `${canvas}#${fragment}`;
    return {
      id,
      type: 'Annotation' as const,
      motivation: 'supplementing',
      body: { type: 'TextualBody' as const, value: text, format: 'text/plain' },
      // 4.2.3: whoever has not loaded the manifest must be told of it.
      target: manifest
        ? { id: address, type: 'Canvas' as const, partOf: { id: manifest.id, type: 'Manifest' as const, label: manifest.label } }
        : address,
    };
  });
}
