import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import type { MappedObject, MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { type Cause, type OutgoingEvent, outgoing } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { imagesOf } from './images-of.ts';
import type { MappedRecords } from './mapped-records.ts';
import { formatOf, type ObjectDocument, type Stores } from './stores.ts';

type AnnounceDeps = Pick<ServiceDeps, 'publish'> & { records: MappedRecords };

export type AnnounceObject = (object: string, cause: Cause) => Promise<void>;

/**
 * Publishes an object as its document and its raw copy say it is, never as some caller remembers it; then its revision is owed no longer. Reads again for that, and
 * publishes again if there is newer, so that the last event of a key is the newest (R3).
 */
export function announceObject(
  { objects, sources }: Pick<Stores, 'objects' | 'sources'>,
  { records, publish }: AnnounceDeps,
): AnnounceObject {
  async function event(object: string, document: ObjectDocument, cause: Cause): Promise<OutgoingEvent> {
    const { revision, source, activity } = document;
    const facts = { ...cause, ...(activity.time === undefined ? {} : { time: activity.time }) };
    if (document.state === 'withdrawn') return outgoing(objectWithdrawn, { object, revision, source, reason: document.reason }, facts);
    const museumObject = withIdentifiers(document, await records.mapped(document.record.key, await ownOf(document)));
    return outgoing(
      objectHarvested,
      {
        object,
        revision,
        source,
        record: { address: document.address, blob: document.record },
        mapping: { format: formatOf(document), version: document.mappingVersion },
        activity: { type: activity.type, ...(activity.time === undefined ? {} : { time: activity.time }) },
        museumObject,
      },
      facts,
      // An equal revision may be announced for several activities; each is an event of its own.
      `object.harvested/${object}@${revision}/${activity.type}/${activity.time ?? ''}`,
    );
  }

  /** The mapping that its source brings with it, where it was mapped by one. */
  async function ownOf({ source, format }: ObjectDocument): Promise<string | undefined> {
    return format?.startsWith('own-') ? (await sources.get(source))?.definition.mapping : undefined;
  }

  return async (object, cause) => {
    let document = await objects.get(object);
    while (document) {
      const published: ObjectDocument = document;
      await publish(await event(object, published, cause));
      const again: ObjectDocument | undefined = await objects.update(object, (current) =>
        current?.owedSince !== undefined && isSame(current, published) ? settled(current) : undefined,
      );
      if (!again || isSame(again, published)) return;
      document = again;
    }
  };
}

const isSame = (a: ObjectDocument, b: ObjectDocument) => a.revision === b.revision && a.activity.time === b.activity.time;

const settled = ({ owedSince: _, owedBy: __, ...rest }: ObjectDocument): ObjectDocument => rest;

/** What was minted and kept of an object, put into what its mapping gives. */
export function withIdentifiers(
  document: Pick<ObjectDocument, 'address' | 'images' | 'texts' | 'attached'>,
  mapped: MappedObject | undefined,
): MuseumObject {
  if (!mapped) throw new Problem('unexpected', { detail: `${document.address} was an object when it was harvested` });
  const idOf = new Map(document.images.map(({ sourceId, id }) => [sourceId, id]));
  const copyOf = new Map(document.texts.map(({ address, blob }) => [address, blob]));
  return {
    ...mapped,
    images: imagesOf(mapped, document.attached).flatMap((image) => {
      const id = idOf.get(image.sourceId);
      if (id === undefined) return [];
      const text = image.text.map((source) => {
        const blob = copyOf.get(source.address);
        return blob ? { ...source, blob } : source;
      });
      return [{ ...image, id, text }];
    }),
  };
}
