import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { BODY_EDGE, paintedImage, THUMBNAIL_EDGE } from './painted-image.ts';
import type { CanvasPlan, ShownImage } from './plan-canvases.ts';

/** What roles are called in a choice whose images have no labels. */
const ROLES: Readonly<Record<string, string>> = {
  visible: 'Visible light',
  'raking-light': 'Raking light',
  infrared: 'Infrared',
  'x-ray': 'X-ray',
  ultraviolet: 'Ultraviolet',
  recto: 'Recto',
  verso: 'Verso',
  detail: 'Detail',
};

/** One canvas with what is painted on it (Presentation API 3.0, 5.3 and 5.6), its ids independent of order and pixels. */
export function buildCanvas(publicUrl: string, { id, named, place, choices, fragments }: CanvasPlan) {
  const size = canvasSize({ named, choices, fragments });
  const [first = fragments[0]] = choices;
  const { text, annotations } = named;
  const seeAlso = text.map(({ address, format }) => ({ id: address, type: 'Dataset', ...(format === undefined ? {} : { format }) }));
  const painted = (image: ShownImage) => paintedImage(publicUrl, image.image.id, image.facts, BODY_EDGE);
  const body =
    choices.length > 1
      ? { type: 'Choice' as const, items: choices.map((image) => ({ ...painted(image), label: nameOf(image) })) }
      : choices.map(painted)[0];
  return {
    id,
    type: 'Canvas' as const,
    label: named.label ?? { none: [String(place + 1)] },
    ...size,
    ...(first ? { thumbnail: [paintedImage(publicUrl, first.image.id, first.facts, THUMBNAIL_EDGE)] } : {}),
    ...(seeAlso.length > 0 ? { seeAlso } : {}),
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage' as const,
        items: [
          ...(body ? [{ id: `${id}/page/painting`, type: 'Annotation' as const, motivation: 'painting' as const, body, target: id }] : []),
          ...fragments.map((fragment) => ({
            id: `${id}/page/${fragment.image.id}`,
            type: 'Annotation' as const,
            motivation: 'painting' as const,
            body: painted(fragment),
            target: `${id}#xywh=${regionOf(fragment)}`,
          })),
        ],
      },
    ],
    ...(annotations.length > 0 ? { annotations: annotations.map((page) => ({ id: page, type: 'AnnotationPage' as const })) } : {}),
  };
}

function nameOf({ image: { label, role } }: ShownImage): LanguageMap {
  return label ?? (role === undefined ? { none: ['Image'] } : { en: [(Object.hasOwn(ROLES, role) ? ROLES[role] : undefined) ?? role] });
}

const regionOf = ({ image: { region }, facts }: ShownImage): string =>
  [region?.x ?? 0, region?.y ?? 0, region?.width ?? facts.width, region?.height ?? facts.height].join(',');

/** A canvas has the size of the image that names it; where that is not shown, of the first choice, of what its record says, or of what lies on it. */
function canvasSize({ named, choices, fragments }: Pick<CanvasPlan, 'named' | 'choices' | 'fragments'>): { width: number; height: number } {
  const [first] = choices;
  if (first) return { width: first.facts.width, height: first.facts.height };
  const edges = fragments.flatMap(({ image: { region } }) => region ?? []);
  return {
    width: Math.max(named.width ?? 1, ...edges.map(({ x, width }) => x + width)),
    height: Math.max(named.height ?? 1, ...edges.map(({ y, height }) => y + height)),
  };
}
