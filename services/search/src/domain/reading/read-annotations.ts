import { isNode, type JsonNode, nodes, texts } from '@vitrine/mapping/json-node.ts';
import { plainText } from '@vitrine/mapping/plain-text.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { PageBuilder } from '../page/page-builder.ts';
import type { Box, PageText } from '../page/page-text.ts';
import { languageTag } from './language-tag.ts';
import { properBox } from './measures.ts';
import { wordsOfLine } from './words-of-line.ts';

type Target = { readonly canvas: string; readonly box: Box | undefined };

/**
 * The texts of annotations, a line each: W3C annotations and pages of them, Open Annotations and the annotation lists of Presentation 2. They
 * are in pixels of the canvas. Those that are about another canvas than `canvas`, or than the first of them, are left out.
 *
 * @throws Problem `text-not-json`, `text-unknown`
 */
export function readAnnotations(source: string, canvas: string | undefined): PageText {
  const page = new PageBuilder();
  const annotations = annotationsOf(parsed(source));
  if (annotations.length === 0) throw new Problem('text-unknown', { detail: 'JSON without annotations' });
  let about = canvas;
  for (const annotation of annotations) {
    const target = targetOf(annotation['target'] ?? annotation['on']);
    about ??= target?.canvas;
    if (!target || target.canvas !== about) continue;
    for (const { text, language } of bodiesOf(annotation['body'] ?? annotation['resource'])) {
      page.line();
      page.language(languageTag(language));
      for (const word of wordsOfLine(text, target.box)) page.word(word);
    }
  }
  return page.build();
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new Problem('text-not-json', { detail: cause instanceof Error ? cause.message : String(cause), cause });
  }
}

function annotationsOf(document: unknown): readonly JsonNode[] {
  if (Array.isArray(document)) return document.filter(isNode);
  if (!isNode(document)) return [];
  const pages = [document, ...nodes(document['first'])];
  const listed = pages.flatMap((page) => [...nodes(page['items']), ...nodes(page['resources'])]);
  if (listed.length > 0) return listed;
  return document['target'] === undefined && document['on'] === undefined ? [] : [document];
}

/** The first target: a canvas and a box, by a fragment or a selector of it. */
function targetOf(value: unknown): Target | undefined {
  const target: unknown = Array.isArray(value) ? value[0] : value;
  const [address] = isNode(target) ? [...texts(target['source']), ...texts(target['full']), ...texts(target['id'])] : texts(target);
  if (address === undefined) return undefined;
  const [canvas = '', fragment] = address.split('#');
  const selectors = isNode(target) ? nodes(target['selector']).flatMap((selector) => [...nodes(selector['default']), selector]) : [];
  const box = boxOf(fragment) ?? selectors.map((selector) => boxOf(texts(selector['value'])[0])).find((found) => found !== undefined);
  return { canvas, box };
}

function boxOf(fragment: string | undefined): Box | undefined {
  const numbers = /xywh=(?:pixel:)?(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)/.exec(fragment ?? '');
  if (!numbers) return undefined;
  const [, x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
  return properBox(x, y, width, height);
}

function bodiesOf(value: unknown): { text: string; language: string | undefined }[] {
  if (typeof value === 'string') return [];
  return nodes(value).flatMap((body) => {
    const written = body['value'] ?? body['chars'] ?? body['cnt:chars'];
    const text = typeof written === 'string' ? plainText(written) : '';
    return text === '' ? [] : [{ text, language: texts(body['language'] ?? body['dc:language'])[0] }];
  });
}
