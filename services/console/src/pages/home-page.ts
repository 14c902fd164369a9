import type { VisibleObject } from '../visible-objects.ts';
import { html } from './html.ts';
import { labelText } from './label-text.ts';
import { layout } from './layout.ts';

type HomePage = { publicUrl: string; objects: readonly VisibleObject[]; next: string | undefined };

/** The list of objects, as plain HTML: it needs no script. */
export function homePage({ publicUrl, objects, next }: HomePage): string {
  const cards = objects.map(({ id, entry: { label, images, thumbnail } }) => {
    const { text, lang } = labelText(label);
    return html`<li><a class="card" href="${publicUrl}/objects/${id}">
<span class="picture">${thumbnail === undefined ? '' : html`<img src="${thumbnail}" alt="" loading="lazy">`}</span>
<span class="title" lang="${lang}">${text}</span>
<span class="count">${images === 1 ? '1 image' : `${images} images`}</span>
</a></li>
`;
  });
  const content =
    objects.length === 0
      ? html`<h1>Objects</h1>
<p class="empty">Nothing is published yet. Objects appear here as soon as their images are ready; reload the page in a moment.</p>`
      : html`<h1>Objects</h1>
<ul class="cards">${cards}</ul>
${next === undefined ? '' : html`<p><a class="next" href="${publicUrl}/?after=${encodeURIComponent(next)}">More objects</a></p>`}
<p class="links"><a href="${publicUrl}/iiif/presentation/3/collections/root">IIIF collection</a> · <a href="${publicUrl}/api/v1/objects">JSON</a></p>`;
  return layout(publicUrl, 'Objects · Vitrine', content);
}
