import { createHash } from 'node:crypto';
import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import type { Medium } from '@vitrine/contracts/museum-object.ts';
import { BODY_EDGE, paintedImage } from './painted-image.ts';
import type { ShownImage } from './plan-canvases.ts';

/** Types of time-based media that 3.0 paints; of others it knows nothing. */
const PAINTABLE = new Set(['Sound', 'Video']);

/** What a player needs to know: without its length a sound or video has no canvas. */
export const isPlayable = ({ type, duration }: Medium): boolean => PAINTABLE.has(type) && duration !== undefined;

/** A canvas with a sound or a video, which stays where it is (Presentation API 3.0, 5.3: "duration", 3.4: `placeholderCanvas`). */
export function buildMediaCanvas(publicUrl: string, object: string, medium: Medium, poster: ShownImage | undefined) {
  const id = canvasId(publicUrl, object, `media-${createHash('sha256').update(medium.id).digest('hex').slice(0, 10)}`);
  const { type, format, label, duration, width, height } = medium;
  const size = width === undefined || height === undefined ? {} : { width, height };
  const timed = duration === undefined ? {} : { duration };
  return {
    id,
    type: 'Canvas' as const,
    ...(label ? { label } : {}),
    ...size,
    ...timed,
    ...(poster ? { placeholderCanvas: placeholder(publicUrl, id, poster) } : {}),
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage' as const,
        items: [
          {
            id: `${id}/page/painting`,
            type: 'Annotation' as const,
            motivation: 'painting' as const,
            body: { id: medium.id, type, ...(format === undefined ? {} : { format }), ...size, ...timed },
            target: id,
          },
        ],
      },
    ],
  };
}

function placeholder(publicUrl: string, canvas: string, { image, facts }: ShownImage) {
  const id = `${canvas}/placeholder`;
  const body = paintedImage(publicUrl, image.id, facts, BODY_EDGE);
  return {
    id,
    type: 'Canvas' as const,
    width: facts.width,
    height: facts.height,
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage' as const,
        items: [{ id: `${id}/page/painting`, type: 'Annotation' as const, motivation: 'painting' as const, body, target: id }],
      },
    ],
  };
}
