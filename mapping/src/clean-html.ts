import { readHtml } from './html-tokens.ts';
import { plainText } from './plain-text.ts';

/** Presentation API 3.0, 4.5: "a, b, br, i, img, p, small, span, sub and sup". */
const ALLOWED = new Set(['a', 'b', 'br', 'i', 'img', 'p', 'small', 'span', 'sub', 'sup']);
const VOID = new Set(['br', 'img']);
/** Other elements that mean the same as one of those, or begin a new line. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  strong: 'b',
  em: 'i',
  div: 'p',
  li: 'p',
  h1: 'p',
  h2: 'p',
  h3: 'p',
  h4: 'p',
  h5: 'p',
  h6: 'p',
};
/** What is in them is no text. */
const SILENT = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'title', 'head', 'textarea', 'select']);
/** Elements within one another; hostile ones are no deeper. */
const DEEPEST = 32;
const LOOKS_LIKE_HTML = /<\/?[a-z][^<>]*>/i;

/**
 * A text of a manifest that may hold HTML (`summary`, `value`s): markup is written anew from the few elements and attributes that 4.5 allows, in one element with nothing around it;
 * a text without markup stays text, and what only looks like a character reference in it is read.
 */
export function cleanHtml(value: string): string {
  if (!LOOKS_LIKE_HTML.test(value)) return asText(value);
  let html = '';
  let silent = 0;
  const open: string[] = [];
  readHtml(value, {
    open: (name, attributes) => {
      if (SILENT.has(name)) silent++;
      const tag = STANDS_FOR[name] ?? name;
      if (silent > 0 || !ALLOWED.has(tag) || open.length >= DEEPEST) return;
      // A paragraph ends where another begins: they don't nest.
      if (tag === 'p') while (open.includes('p')) html += `</${open.pop()}>`;
      html += `<${tag}${attributesOf(tag, attributes)}>`;
      if (!VOID.has(tag)) open.push(tag);
    },
    text: (text) => {
      if (silent === 0) html += escaped(text.replace(/\s+/g, ' '));
    },
    close: (name) => {
      if (SILENT.has(name)) silent = Math.max(0, silent - 1);
      const tag = STANDS_FOR[name] ?? name;
      if (silent > 0 || !open.includes(tag)) return;
      while (open.at(-1) !== tag) html += `</${open.pop()}>`;
      html += `</${open.pop()}>`;
    },
  });
  while (open.length > 0) html += `</${open.pop()}>`;
  const cleaned = withoutEmpty(html.replace(/ {2,}/g, ' ')).trim();
  if (!LOOKS_LIKE_HTML.test(cleaned)) return asText(value);
  return isOneElement(cleaned) ? cleaned : `<span>${cleaned}</span>`;
}

/** Without elements that hold nothing, also of such. */
function withoutEmpty(html: string): string {
  const less = html.replace(/<(p|span|b|i|small|sub|sup|a)(?: [^<>]*)?>\s*<\/\1>/g, '');
  return less === html ? html : withoutEmpty(less);
}

/** Words that would be taken for markup (4.5: what begins with `<` and ends with `>`) are markup that says them. */
function asText(value: string): string {
  const words = plainText(value);
  return /<[a-z/!]/i.test(words) ? `<span>${escaped(words)}</span>` : words;
}

function attributesOf(tag: string, attributes: Readonly<Record<string, string>>): string {
  // 4.5: "href on the a tag, src and alt on the img tag". Only what leads to the web is kept.
  const kept: [string, string | undefined][] =
    tag === 'a'
      ? [['href', webAddress(attributes['href'])]]
      : tag === 'img'
        ? [
            ['src', webAddress(attributes['src'])],
            ['alt', attributes['alt']],
          ]
        : [];
  return kept.map(([name, value]) => (value === undefined ? '' : ` ${name}="${escaped(value).replace(/"/g, '&quot;')}"`)).join('');
}

const webAddress = (value: string | undefined): string | undefined =>
  value !== undefined && /^(https?:\/\/|mailto:)[^\s]+$/i.test(value.trim()) ? value.trim() : undefined;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Whether everything is within the element that it begins with. */
function isOneElement(html: string): boolean {
  let depth = 0;
  for (const { 0: tag, 1: slash, 2: name = '', index } of html.matchAll(/<(\/?)([a-z]+)[^<>]*>/g)) {
    if (!VOID.has(name)) depth += slash === '/' ? -1 : 1;
    if (depth === 0) return index + tag.length === html.length && html.startsWith('<');
    if (index === 0 && VOID.has(name)) return tag.length === html.length;
  }
  return false;
}
