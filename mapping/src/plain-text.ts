const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The words of a text that may hold HTML, one space between them: linear in its length, and nothing in it is markup afterwards. */
export function plainText(html: string): string {
  return (html.includes('<') ? withoutTags(html) : html)
    .replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:!?])/g, '$1')
    .trim();
}

function withoutTags(html: string): string {
  let words = '';
  let inTag = false;
  for (let at = 0; at < html.length; at++) {
    const unit = html.charAt(at);
    // "<" opens a tag only before a letter, "/" or "!": "a < b" is text.
    if (!inTag && unit === '<' && /[a-zA-Z/!]/.test(html.charAt(at + 1))) inTag = true;
    else if (inTag && unit === '>') {
      inTag = false;
      words += ' ';
    } else if (!inTag) words += unit;
  }
  return words;
}

function entity(name: string): string | undefined {
  const known = name.toLowerCase();
  if (!name.startsWith('#')) return Object.hasOwn(ENTITIES, known) ? ENTITIES[known] : undefined;
  const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}
