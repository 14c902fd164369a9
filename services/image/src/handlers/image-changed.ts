import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageDescribed } from '@vitrine/contracts/events/image-described.ts';
import { imageRejected } from '@vitrine/contracts/events/image-rejected.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { type Outcome, on, type Registration } from '@vitrine/platform/events/handler.ts';
import type { ServableTable } from '../servable-table.ts';
import type { ServableImage, Stores } from '../stores.ts';

type Keep = (image: string, servable: ServableImage) => Promise<Outcome | undefined>;

/** What each event of an image says can be served of it. */
function onImage(keep: Keep): readonly Registration[] {
  return [
    on(imageConverted, async ({ data }) => {
      const { image, object, revision, derivative, format, version, superseded, width, height, tile, levels, tiles } = data;
      const { pixelsPerCentimetre, rights, thumbnails } = data;
      return keep(image, {
        object,
        revision,
        state: 'converted',
        derivative: {
          key: derivative.key,
          ...(format === undefined ? {} : { format }),
          version,
          superseded,
          width,
          height,
          tile,
          levels,
          ...(tiles ? { tiles: tiles.key } : {}),
          ...(thumbnails ? { thumbnails: thumbnails.map(({ blob, ...size }) => ({ ...size, key: blob.key })) } : {}),
          ...(pixelsPerCentimetre === undefined ? {} : { pixelsPerCentimetre }),
          ...(rights === undefined ? {} : { rights }),
        },
      });
    }),
    on(imageDescribed, async ({ data: { image, object, revision } }) => keep(image, { object, revision, state: 'elsewhere' })),
    on(imageRejected, async ({ data: { image, object, revision } }) => keep(image, { object, revision, state: 'rejected' })),
    on(imageWithdrawn, async ({ data: { image, object, revision } }) => keep(image, { object, revision, state: 'withdrawn' })),
  ];
}

/** Keeps the table of servable images; a tombstone stays, also for an image never seen. */
export function onImageChanged({ images }: Stores, table: ServableTable): readonly Registration[] {
  return onImage(async (image, servable) => {
    const kept = await images.update(image, (current) => (current && current.revision >= servable.revision ? undefined : servable));
    if (kept) table.learn(image, kept);
    return { code: kept && kept.revision > servable.revision ? 'stale' : servable.state };
  });
}

/** What another replica handles, this one's memory hears too. */
export function onImageHeard(table: ServableTable): readonly Registration[] {
  return onImage(async (image, servable) => {
    table.learn(image, servable);
    return undefined;
  });
}
