// The viewer of one object: pages, zoom, search with the words' boxes on the image. Everything comes from the manifest.

const root = document.getElementById('object');
const by = (id) => document.getElementById(id);
const words = (map) => (map ? (map.en ?? map.none ?? Object.values(map)[0] ?? []).join('; ') : '');

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function json(address) {
  const reply = await fetch(address, { headers: { accept: 'application/ld+json' } });
  if (!reply.ok) throw new Error(`${reply.status} ${reply.statusText}`);
  return reply.json();
}

/** The image of a canvas, of a choice the first; undefined where sound, video or nothing is painted. */
function imageOf(canvas) {
  const body = canvas.items?.[0]?.items?.[0]?.body;
  const first = body?.type === 'Choice' ? body.items[0] : body;
  const image = first?.type === 'SpecificResource' ? first.source : first;
  return image?.type === 'Image' ? image : undefined;
}

function tileSource(canvas) {
  const image = imageOf(canvas);
  const [service] = image.service ?? [];
  return service ? `${service.id ?? service['@id']}/info.json` : { type: 'image', url: image.id };
}

async function start() {
  const manifest = await json(root.dataset.manifest);
  const canvases = manifest.items.filter(imageOf);
  if (canvases.length === 0) throw new Error('its manifest shows no image');
  const viewer = OpenSeadragon({
    element: by('stage'),
    tileSources: canvases.map(tileSource),
    sequenceMode: true,
    showNavigationControl: false,
    showSequenceControl: false,
    animationTime: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 0.6,
    crossOriginPolicy: 'Anonymous',
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  let hits = [];

  function showPlace() {
    const page = viewer.currentPage();
    by('place').textContent = `${words(canvases[page].label)} (${page + 1} of ${canvases.length})`;
    by('previous').disabled = page === 0;
    by('following').disabled = page === canvases.length - 1;
  }

  function drawHits() {
    const item = viewer.world.getItemAt(0);
    viewer.clearOverlays();
    if (!item) return;
    for (const { canvas, x, y, w, h } of hits) {
      if (canvas !== canvases[viewer.currentPage()].id) continue;
      viewer.addOverlay({ element: element('div', undefined, 'hit'), location: item.imageToViewportRectangle(x, y, w, h) });
    }
  }

  viewer.addHandler('open', drawHits);
  viewer.addHandler('page', () => setTimeout(showPlace));
  by('zoom-in').onclick = () => viewer.viewport.zoomBy(1.6);
  by('zoom-out').onclick = () => viewer.viewport.zoomBy(1 / 1.6);
  by('whole').onclick = () => viewer.viewport.goHome();
  by('pages').hidden = canvases.length < 2;
  by('previous').onclick = () => viewer.goToPage(viewer.currentPage() - 1);
  by('following').onclick = () => viewer.goToPage(viewer.currentPage() + 1);
  showPlace();

  if (!by('metadata')) return;
  for (const { label, value } of [...(manifest.metadata ?? []), ...(manifest.requiredStatement ? [manifest.requiredStatement] : [])]) {
    by('metadata').append(element('dt', words(label)), element('dd', words(value)));
  }
  if (manifest.summary) by('metadata').before(element('p', words(manifest.summary)));
  const links = [
    ...(manifest.homepage ?? []).map(({ id, label }) => ['Homepage', id, words(label)]),
    ...(manifest.rights ? [['Rights', manifest.rights, manifest.rights.replace(/^https?:\/\//, '').replace(/\/$/, '')]] : []),
  ];
  for (const [title, address, text] of links) {
    const link = element('a', text);
    link.href = address;
    const value = element('dd');
    value.append(link);
    by('metadata').append(element('dt', title), value);
  }

  const service = manifest.service?.find(({ type }) => type === 'SearchService2');
  if (!service) return;
  by('search').hidden = false;
  by('search').onsubmit = async (event) => {
    event.preventDefault();
    const page = await json(`${service.id}?q=${encodeURIComponent(by('q').value)}`).catch((error) => ({ error }));
    if (page.error) {
      by('found').textContent = `The search failed: ${page.error.message}`;
      return;
    }
    hits = page.items.map(({ id, target }) => {
      const [canvas, fragment] = target.split('#xywh=');
      const [x, y, w, h] = fragment.split(',').map(Number);
      return { id, canvas, x, y, w, h };
    });
    const contexts = page.annotations?.[0]?.items ?? [];
    by('found').textContent = contexts.length === 0 ? 'Nothing found.' : contexts.length === 1 ? '1 place' : `${contexts.length} places`;
    by('hits').replaceChildren(...contexts.map(hitEntry));
    drawHits();
  };

  function hitEntry({ target }) {
    const [first] = Array.isArray(target) ? target : [target];
    const { prefix, exact, suffix } = first.selector[0];
    const hit = hits.find(({ id }) => id === first.source);
    const page = canvases.findIndex(({ id }) => id === hit?.canvas);
    const button = element('button');
    button.type = 'button';
    button.append(`${words(canvases[page]?.label)}: …${prefix}`, element('mark', exact), `${suffix}…`);
    button.onclick = () => {
      const show = () => {
        const item = viewer.world.getItemAt(0);
        const box = item.imageToViewportRectangle(hit.x, hit.y, hit.w, hit.h);
        viewer.viewport.fitBounds(new OpenSeadragon.Rect(box.x - box.width, box.y - box.width / 2, box.width * 3, box.width + box.height));
      };
      if (page === viewer.currentPage()) show();
      else {
        viewer.addOnceHandler('open', () => setTimeout(show));
        viewer.goToPage(page);
      }
    };
    const entry = element('li');
    entry.append(button);
    return entry;
  }
}

start().catch((error) => {
  by('stage').replaceWith(element('p', `The image can’t be shown: ${error.message}`, 'empty'));
});
