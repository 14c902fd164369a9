import type { VisibleObject } from '../visible-objects.ts';
import { html } from './html.ts';
import { labelText } from './label-text.ts';
import { bareLayout } from './layout.ts';

/** One object in a viewer that fills its frame, with a way to its page. */
export function embedPage(publicUrl: string, { id, entry }: VisibleObject): string {
  const { text, lang } = labelText(entry.label);
  const body = html`<body class="embed">
<main class="viewer" id="object" data-manifest="${publicUrl}/iiif/presentation/3/manifests/${id}">
<div id="stage" class="stage" tabindex="0" role="application" aria-label="Zoomable image: arrow keys move, plus and minus zoom, 0 shows the whole"></div>
<div class="controls">
<h1 lang="${lang}"><a href="${publicUrl}/objects/${id}" target="_blank" rel="noopener">${text}</a></h1>
<button type="button" id="zoom-in" aria-label="Zoom in">+</button>
<button type="button" id="zoom-out" aria-label="Zoom out">−</button>
<button type="button" id="whole">Whole image</button>
<span id="pages" class="pages" hidden><button type="button" id="previous" aria-label="Previous">‹</button> <span id="place" aria-live="polite"></span> <button type="button" id="following" aria-label="Next">›</button></span>
</div>
<noscript><p>The zoomable image needs a script. <a href="${publicUrl}/iiif/presentation/3/manifests/${id}">The manifest</a> works in any IIIF viewer.</p></noscript>
</main>
</body>`;
  return bareLayout(publicUrl, text, body, { scripts: ['openseadragon.js', 'viewer.js'] });
}
