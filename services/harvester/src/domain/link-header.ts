/** One link of a Link header (RFC 8288, 3). */
export type HeaderLink = { readonly address: string; readonly relations: readonly string[] };

const LONGEST = 8000;

/** The links of a Link header, resolved against the document; what can't be read is passed over. */
export function linkHeader(value: string, base: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  for (const [, target = '', parameters = ''] of value
    .slice(0, LONGEST)
    .matchAll(/<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?)*)/g)) {
    const url = URL.parse(target, base);
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))/i.exec(parameters);
    if (!url || !/^https?:$/.test(url.protocol)) continue;
    links.push({ address: url.href, relations: (relation?.[1] ?? relation?.[2] ?? '').split(/\s+/).filter(Boolean) });
  }
  return links;
}
