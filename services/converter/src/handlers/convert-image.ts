import {
  ASKED_AGAIN,
  bulkConversionRequested,
  conversionRequested,
  DERIVATIVE_DAMAGED,
} from '@vitrine/contracts/events/conversion-requested.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { type HandlerContext, type Outcome, on, type Registration } from '@vitrine/platform/events/handler.ts';
import { type Cause, causedBy } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { ConversionGate } from '../conversion-gate.ts';
import { type ConversionsUnderWay, NotWanted } from '../conversions-under-way.ts';
import type { ConvertImage } from '../convert-image.ts';
import type { DescribeImage } from '../describe-image.ts';
import type { DiskRoom } from '../disk-room.ts';
import { hashBlob } from '../hash-blob.ts';
import { type ImageResult, rejectImage } from '../image-results.ts';
import type { ImageDocument, Stores } from '../stores.ts';

export type ConvertDeps = {
  stores: Stores;
  blobs: Blobs;
  announce: AnnounceImage;
  results: ImageResult;
  convert: ConvertImage;
  describe: DescribeImage;
  /** Whether images of somebody else's image service are copied. */
  copiesServices: boolean;
  underWay: ConversionsUnderWay;
  gate: ConversionGate;
  room: DiskRoom;
};

const CANCELLED: Outcome = { code: 'conversion-cancelled', failed: true };

type Request = { image: string; objectRevision: number; source?: string; reason: string };

/** The worker: asks for the master again, and where its bytes are new makes and verifies a derivative. */
export function onConversionRequested(deps: ConvertDeps): readonly Registration[] {
  const { stores, blobs, announce, results, convert, describe, copiesServices, underWay, gate, room } = deps;

  /** Whether a derivative is not what it was when it was made; what is damaged is taken away, so that it can be put anew. */
  async function isDamaged({ derivative }: ImageDocument): Promise<boolean> {
    if (!derivative) return false;
    let damaged = false;
    const made = [
      derivative.blob,
      ...(derivative.tiles ? [derivative.tiles] : []),
      ...(derivative.thumbnails ?? []).map(({ blob }) => blob),
    ];
    for (const { key, sha256: expected } of made) {
      if ((await hashBlob(blobs, key)) === expected) continue;
      damaged = true;
      await blobs.delete(key);
    }
    return damaged;
  }

  async function handle(
    { image: asked, objectRevision, source, reason }: Request,
    cause: Cause,
    context: HandlerContext,
  ): Promise<Outcome> {
    const { signal } = context;
    const replayed = context.replayed || reason === ASKED_AGAIN;
    const named = await stores.images.get(asked);
    // A page is made with the image whose master it is in.
    const image = named?.pageOf?.image ?? asked;
    const read = named?.pageOf ? await stores.images.get(image) : named;
    if (!named || !read || read.state === 'withdrawn') return { code: 'no-longer-wanted' };
    const suspected = reason === DERIVATIVE_DAMAGED;
    // A newer revision of the object has asked by an event of its own.
    if (read.wanted.objectRevision > objectRevision && !replayed && !suspected) return { code: 'superseded' };
    if (read.cancelled) {
      await announce(image, cause);
      return CANCELLED;
    }
    const damaged = suspected && (await isDamaged(named));
    if (suspected && !damaged) {
      await announce(asked, cause, true);
      return { code: 'derivative-sound' };
    }
    const { master, service } = read.wanted;
    try {
      if (service && !copiesServices) return await describe(image, read, service, cause, { signal, replayed });
      const address = service ? wholeImage(service) : master;
      if (address === undefined) throw new Problem('master-missing', { detail: 'the record names neither a file nor an image service' });
      return await underWay.during(image, read.object, signal, (wanted, tell) =>
        convert({ image, read, address, source, cause, context: { signal: wanted, replayed }, damaged, tell }),
      );
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      if (thrown instanceof NotWanted) return thrown.code === 'cancelled' ? CANCELLED : { code: thrown.code };
      return rejectImage(results, image, read, cause, thrown);
    }
  }

  /** Room is looked for last: many may have waited for their turn meanwhile. */
  async function enterBulk(source: string, signal: AbortSignal): Promise<() => void> {
    for (;;) {
      await room.wait(signal);
      const leave = await gate.enter(source, signal);
      if (await room.isThere()) return leave;
      leave();
    }
  }

  return [
    on(conversionRequested, async (event, context) => {
      const leave = await gate.enter(undefined, context.signal);
      return handle(event.data, causedBy(event), context).finally(leave);
    }),
    on(bulkConversionRequested, async (event, context) => {
      const leave = await enterBulk(event.data.source ?? '', context.signal);
      return handle(event.data, causedBy(event), context).finally(leave);
    }),
  ];
}

/** The whole image at its largest (Image API 3.0, 4.2: `max`; of 2.0 and older `full`). */
function wholeImage({ id, type }: { id: string; type: string }): string {
  return `${id.replace(/\/$/, '')}/full/${type === 'ImageService3' ? 'max' : 'full'}/0/default.jpg`;
}
