import { html } from './html.ts';

type Content = ReturnType<typeof html>;

/** Every page: one style sheet, no script but what the page names, nothing from elsewhere. */
export function layout(publicUrl: string, title: string, content: Content, scripts: readonly string[] = []): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${publicUrl}/assets/style.css">
<link rel="icon" href="data:,">
${scripts.map((script) => html`<script src="${publicUrl}/assets/${script}" defer></script>\n`)}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><a class="home" href="${publicUrl}/">Vitrine</a></header>
<main id="content">
${content}
</main>
</body>
</html>
`;
  return page.text;
}

/** Scripts and styles of our own only; images also from the image services that manifests may point to. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; connect-src 'self' https: http:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
