import { bulkConversionRequested, conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import { causedBy, outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { ImageDocument, Stores } from '../stores.ts';
import { withdrawImage } from '../withdraw-image.ts';

/** An object with more images than this goes by the bulk topic, whose lanes are its own: a book does not stand before a print. */
const URGENT_IMAGES = 4;

type Deps = { stores: Stores; publish: Publish; announce: AnnounceImage };

/** The planner: compares an object's images with what is there, and asks for each by an event of its own. */
export const planObject = ({ stores, publish, announce }: Deps) =>
  on(objectHarvested, async (event) => {
    const { object, revision, museumObject, activity } = event.data;
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
      if (event.replay !== undefined && document && document.state !== 'wanted') await announce(image.id, causedBy(event), true);
      else {
        // Other rights are a revision of the image without other pixels.
        if (document) await announce(image.id, causedBy(event));
        wanted.push(image.id);
      }
    }
    const contract = images.length > URGENT_IMAGES || event.replay !== undefined ? bulkConversionRequested : conversionRequested;
    const reason = activity.time ?? activity.type;
    await publish(
      ...wanted.map((image) =>
        outgoing(
          contract,
          { image, object, objectRevision: revision, reason },
          causedBy(event),
          `${contract.type}/${image}@${revision}/${reason}`,
        ),
      ),
    );
    return { code: 'planned', detail: `${wanted.length} of ${images.length}` };
  });

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
  const { rights: former, ...rest } = current;
  const told = current.state === 'converted' && former !== rights;
  // A withdrawn image comes back only through a conversion, which raises its revision above the withdrawal.
  return {
    ...rest,
    ...entitled,
    wanted,
    state: current.state === 'withdrawn' ? 'wanted' : current.state,
    revision: current.revision + (told ? 1 : 0),
  };
}
