import type { problemDocument } from './problem-document.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (unit) => ESCAPES[unit] ?? unit);

/** A problem for a person in a browser: the same words, and a way back. */
export function problemPage({ status, title, help }: ReturnType<typeof problemDocument>, publicUrl: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>
<link rel="stylesheet" href="${escaped(publicUrl)}/assets/style.css"><link rel="icon" href="data:,"></head>
<body><header><a class="home" href="${escaped(publicUrl)}/">Vitrine</a></header>
<main><h1>${escaped(title)}</h1><p>${escaped(help)}</p><p class="links">${status}</p></main></body>
</html>
`;
}
