import { conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import { type CreatedObject, imageOfKey, s3Address } from './domain/object-created.ts';
import type { ImageDocument, Stores } from './stores.ts';

/**
 * Notes that an object in a bucket is wanted as an image of the museum object that its key names. Undefined where the key names none, or one that is not
 * to be had this way: what a harvested record says of an image stays said, and what was withdrawn stays withdrawn.
 *
 * @returns the image
 */
export async function wantObject({ images }: Stores, created: CreatedObject): Promise<string | undefined> {
  const named = imageOfKey(created.key);
  if (!named) return undefined;
  const { image, object } = named;
  const master = s3Address(created);
  const document = await images.update(image, (current): ImageDocument | undefined =>
    current ? undefined : { object, revision: 0, announced: 0, state: 'wanted', wanted: { objectRevision: 0, master }, superseded: [] },
  );
  const ours = document?.object === object && document.wanted.master === master && document.state !== 'withdrawn' && !document.pageOf;
  return ours ? image : undefined;
}

/** Asks for the conversion of an image outside the plan. @param id what tells this request from others for the same reason */
export async function requestConversion(
  { images }: Pick<Stores, 'images'>,
  publish: Publish,
  image: string,
  reason: string,
  id = reason,
): Promise<void> {
  const document = await images.get(image);
  if (!document) return;
  const objectRevision = Math.max(1, document.wanted.objectRevision);
  const eventId = `${conversionRequested.type}/${image}@${objectRevision}/${id}`;
  await publish(outgoing(conversionRequested, { image, object: document.object, objectRevision, reason }, {}, eventId));
}
