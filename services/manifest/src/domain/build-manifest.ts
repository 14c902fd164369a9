import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { isBehavior } from '@vitrine/mapping/iiif/behaviors.ts';
import { addresses } from './addresses.ts';
import { buildCanvas } from './build-canvas.ts';
import { buildMediaCanvas, isPlayable } from './build-media-canvas.ts';
import { buildRanges } from './build-ranges.ts';
import { isViewingDirection } from './gate/values.ts';
import { type MadeManifest, type ManifestInput, PRESENTATION_3, SEARCH_2 } from './made-manifest.ts';
import { NAV_PLACE, navPlace } from './nav-place.ts';
import { partOf } from './part-of.ts';
import { type CanvasPlan, planCanvases } from './plan-canvases.ts';
import { pdfRendering, textRendering } from './renderings.ts';
import { searchServices } from './search-services.ts';

/** A Presentation 3.0 manifest of a museum object. */
export function buildManifest({ publicUrl, object, museumObject, facts }: ManifestInput): MadeManifest {
  const at = addresses(publicUrl);
  const { images, media, structure, label, summary, rights, requiredStatement, metadata, homepage, seeAlso, rendering, provider, date } =
    museumObject;
  const posters = new Set(media.flatMap(({ placeholder }) => placeholder ?? []));
  const plans = planCanvases(publicUrl, object, images, facts, posters);
  const canvasOfImage = new Map(
    plans.flatMap(({ id, choices, fragments }) => [...choices, ...fragments].map(({ image }) => [image.sourceId, id] as const)),
  );
  const canvases = plans.map((plan) => buildCanvas(publicUrl, plan));
  const played = media.filter(isPlayable).map((medium) => {
    const image = images.find(({ sourceId }) => sourceId === medium.placeholder);
    const known = image && facts.get(image.id);
    return buildMediaCanvas(publicUrl, object, medium, image && known && isShown(known) ? { image, facts: known } : undefined);
  });
  const items = [...canvases, ...played];
  const shown = [
    ...plans.flatMap(({ choices, fragments }) => [...choices, ...fragments].map(({ image }) => image)),
    ...images.filter((image) => posters.has(image.sourceId) && isShown(facts.get(image.id))),
  ];
  const searchable = shown.some(({ text }) => text.some(({ blob }) => blob !== undefined));
  const renderings = [
    ...rendering.map(labelled),
    ...(searchable ? [textRendering(publicUrl, object)] : []),
    ...(plans.length > 0 && plans.every(hasPixels) ? [pdfRendering(publicUrl, object)] : []),
  ];
  const places = navPlace(at.manifest(object), museumObject.place);
  const structures = buildRanges(publicUrl, object, structure, (sourceId) => canvasOfImage.get(sourceId));
  const behavior = (museumObject.behavior ?? []).filter(isBehavior);
  const viewingDirection = [museumObject.viewingDirection].filter(isViewingDirection);
  const start = museumObject.start === undefined ? undefined : canvasOfImage.get(museumObject.start);
  const thumbnail = canvases.find((canvas) => canvas.thumbnail !== undefined)?.thumbnail;
  const contexts = [...(searchable ? [SEARCH_2] : []), ...(places ? [NAV_PLACE] : [])];
  const document = {
    // Presentation API 3.0, 4.6: "the Presentation API context … must be the last".
    '@context': contexts.length > 0 ? [...contexts, PRESENTATION_3] : PRESENTATION_3,
    id: at.manifest(object),
    type: 'Manifest',
    label,
    ...(metadata.length > 0 ? { metadata } : {}),
    ...(summary ? { summary } : {}),
    ...(requiredStatement ? { requiredStatement } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(date?.begin === undefined ? {} : { navDate: date.begin }),
    ...(places ? { navPlace: places } : {}),
    ...(provider.length > 0 ? { provider: provider.map(agent) } : {}),
    ...(homepage.length > 0 ? { homepage: homepage.map(labelled) } : {}),
    ...(renderings.length > 0 ? { rendering: renderings } : {}),
    ...(seeAlso.length > 0 ? { seeAlso: seeAlso.map((link) => ({ ...link, type: link.type ?? 'Dataset' })) } : {}),
    ...(viewingDirection.length > 0 ? { viewingDirection: viewingDirection[0] } : {}),
    ...(behavior.length > 0 ? { behavior } : {}),
    ...(start === undefined ? {} : { start: { id: start, type: 'Canvas' } }),
    ...(thumbnail ? { thumbnail } : {}),
    ...(searchable ? { service: searchServices(publicUrl, 'manifests', object) } : {}),
    partOf: partOf(publicUrl, museumObject.collections),
    items,
    ...(structures.length > 0 ? { structures } : {}),
    ...(museumObject.annotations.length > 0 ? { annotations: museumObject.annotations.map((id) => ({ id, type: 'AnnotationPage' })) } : {}),
  };
  return { document, label, images: shown.map(({ id }) => id), thumbnail: thumbnail?.[0]?.id };
}

/** Whether what a canvas shows first is ours to put into a PDF. */
const hasPixels = ({ choices: [first] }: CanvasPlan): boolean => first?.facts.pixels !== undefined;

const isShown = (facts: { readonly state: string } | undefined): boolean => facts?.state === 'converted' || facts?.state === 'described';

/** 3.3: `homepage` and `rendering` must have a type and a label. */
const labelled = (link: MuseumObject['homepage'][number]) => ({
  ...link,
  type: link.type ?? 'Text',
  label: link.label ?? { none: [link.id] },
});

function agent({ id, label, homepage, logo }: MuseumObject['provider'][number]) {
  return {
    id,
    type: 'Agent',
    label,
    ...(homepage.length > 0 ? { homepage: homepage.map((link) => labelled({ ...link, label: link.label ?? label })) } : {}),
    ...(logo.length > 0
      ? { logo: logo.map((link) => ({ id: link.id, type: 'Image', ...(link.format === undefined ? {} : { format: link.format }) })) }
      : {}),
  };
}
