import type { VisibleObject } from '../visible-objects.ts';
import { html } from './html.ts';
import { labelText } from './label-text.ts';
import { layout } from './layout.ts';

/** One object in a zoomable viewer; the script fills it from the manifest. */
export function objectPage(publicUrl: string, { id, entry }: VisibleObject): string {
  const { text, lang } = labelText(entry.label);
  const manifest = `${publicUrl}/iiif/presentation/3/manifests/${id}`;
  const content = html`<h1 lang="${lang}">${text}</h1>
<div class="object" id="object" data-manifest="${manifest}">
<section class="viewer" aria-label="Image">
<div id="stage" class="stage" tabindex="0" role="application" aria-label="Zoomable image: arrow keys move, plus and minus zoom, 0 shows the whole"></div>
<div class="controls">
<button type="button" id="zoom-in">Zoom in</button>
<button type="button" id="zoom-out">Zoom out</button>
<button type="button" id="whole">Whole image</button>
<span id="pages" class="pages" hidden><button type="button" id="previous">Previous</button> <span id="place" aria-live="polite"></span> <button type="button" id="following">Next</button></span>
</div>
</section>
<aside>
<form id="search" class="search" role="search" hidden>
<label for="q">Search in the text</label>
<span class="line"><input id="q" name="q" type="search" autocomplete="off"><button type="submit">Search</button></span>
<p id="found" role="status"></p>
<ol id="hits"></ol>
</form>
<dl id="metadata"></dl>
<p class="links"><a href="${manifest}">IIIF manifest</a></p>
<noscript><p>The zoomable image needs a script. The manifest above works in any IIIF viewer.</p></noscript>
</aside>
</div>`;
  // oEmbed 1.0, 4: who pastes the address of this page somewhere is given a viewer.
  const described = `${publicUrl}/oembed?url=${encodeURIComponent(`${publicUrl}/objects/${id}`)}`;
  const links = [
    html`<link rel="alternate" type="application/json+oembed" href="${described}&format=json" title="${text}">`,
    html`<link rel="alternate" type="text/xml+oembed" href="${described}&format=xml" title="${text}">`,
  ];
  return layout(publicUrl, `${text} · Vitrine`, content, { scripts: ['openseadragon.js', 'viewer.js'], links });
}
