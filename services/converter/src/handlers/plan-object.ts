import { bulkConversionRequested, conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { pageImageId } from '@vitrine/contracts/page-image-id.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import { type Cause, causedBy, outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { ImageDocument, Stores } from '../stores.ts';
import { withdrawImage } from '../withdraw-image.ts';

/** An object with more images than this goes by the bulk topic, whose lanes are its own: a book does not stand before a print. */
const URGENT_IMAGES = 4;

type Deps = { stores: Stores; publish: Publish; announce: AnnounceImage };

/** The planner: compares an object's images with what is there, and asks for each by an event of its own. */
export const planObject = ({ stores, publish, announce }: Deps) => {
  /** The other pages of an image's master have its rights, and are announced with it. */
  async function tellPages(image: string, document: ImageDocument | undefined, cause: Cause, again: boolean): Promise<void> {
    for (let page = 2; page <= (document?.mostPages ?? 1); page++) {
      const id = pageImageId(image, page);
      await stores.images.update(id, (current) => current && withRights(current, document?.rights));
      await announce(id, cause, again);
    }
  }

  return on(objectHarvested, async (event) => {
    const { object, revision, source, museumObject, activity } = event.data;
    const images = museumObject.images.map(({ id }) => id);
    const planned = await stores.objects.update(object, (current) => {
      if (current && current.revision >= revision) return undefined;
      const dropped = [...(current?.dropped ?? []), ...(current?.images ?? [])].filter(
        (image, at, all) => !images.includes(image) && all.indexOf(image) === at,
      );
      return { revision, state: 'present', images, dropped };
    });
    if (planned && planned.revision > revision) return { code: 'stale' };
    // What no manifest ever showed needs no manifest without it.
    for (const image of planned?.dropped ?? []) {
      const state = (await stores.images.get(image))?.state;
      if (state === 'wanted' || state === 'rejected') await withdrawImage(image, revision, stores, announce, causedBy(event));
    }

    const wanted: string[] = [];
    for (const image of museumObject.images) {
      const document = await stores.images.update(image.id, (current) =>
        wantedImage(current, object, revision, image, image.rights ?? museumObject.rights),
      );
      // A replay is no reason to fetch: what is there is announced again.
      const again = event.replay !== undefined && document !== undefined && document.state !== 'wanted';
      if (again) await announce(image.id, causedBy(event), true);
      else {
        // Other rights are a revision of the image without other pixels.
        if (document) await announce(image.id, causedBy(event));
        wanted.push(image.id);
      }
      await tellPages(image.id, document, causedBy(event), again);
    }
    const contract = images.length > URGENT_IMAGES || event.replay !== undefined ? bulkConversionRequested : conversionRequested;
    const reason = activity.time ?? activity.type;
    await publish(
      ...wanted.map((image) =>
        outgoing(
          contract,
          { image, object, objectRevision: revision, source, reason },
          causedBy(event),
          `${contract.type}/${image}@${revision}/${reason}`,
        ),
      ),
    );
    return { code: 'planned', detail: `${wanted.length} of ${images.length}` };
  });
};

/** An image with other rights: a revision of it without other pixels. Undefined where they are the same. */
function withRights(current: ImageDocument, rights: string | undefined): ImageDocument | undefined {
  const { rights: former, ...rest } = current;
  if (former === rights) return undefined;
  return {
    ...rest,
    ...(rights === undefined ? {} : { rights }),
    revision: current.revision + (current.state === 'converted' ? 1 : 0),
  };
}

function wantedImage(
  current: ImageDocument | undefined,
  object: string,
  objectRevision: number,
  image: MuseumObject['images'][number],
  rights: string | undefined,
): ImageDocument | undefined {
  if (current && current.wanted.objectRevision >= objectRevision) return undefined;
  const wanted = {
    objectRevision,
    ...(image.master ? { master: image.master.address } : {}),
    ...(image.service ? { service: image.service } : {}),
  };
  const entitled = rights === undefined ? {} : { rights };
  if (!current) return { object, revision: 0, announced: 0, state: 'wanted', wanted, ...entitled, superseded: [] };
  // A withdrawn image comes back only through a conversion, which raises its revision above the withdrawal.
  const { cancelled: _, ...known } = withRights(current, rights) ?? current;
  return { ...known, wanted, state: current.state === 'withdrawn' ? 'wanted' : current.state };
}
