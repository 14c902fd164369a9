import { html } from './html.ts';

type Content = ReturnType<typeof html>;

/** What a page needs in its head beside its title. */
type Head = { readonly scripts?: readonly string[]; readonly links?: readonly Content[] };

/** Every page of ours: one style sheet, no script but what the page names, nothing from elsewhere. */
export function layout(publicUrl: string, title: string, content: Content, head: Head = {}): string {
  return bareLayout(
    publicUrl,
    title,
    html`<body>
<a class="skip" href="#content">Skip to the content</a>
<header><a class="home" href="${publicUrl}/">Vitrine</a></header>
<main id="content">
${content}
</main>
</body>`,
    head,
  );
}

/** A page that is shown within another. */
export function bareLayout(publicUrl: string, title: string, body: Content, { scripts = [], links = [] }: Head = {}): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${publicUrl}/assets/style.css">
<link rel="icon" href="data:,">
${links.map((link) => html`${link}\n`)}${scripts.map((script) => html`<script src="${publicUrl}/assets/${script}" defer></script>\n`)}</head>
${body}
</html>
`;
  return page.text;
}

/** Scripts and styles of our own only; images also from the image services that manifests may point to. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; connect-src 'self' https: http:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The same for what any site may show in a frame: it has nothing to click that changes anything. */
export const EMBEDDED_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", 'frame-ancestors *');
