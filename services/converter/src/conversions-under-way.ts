import { hostname } from 'node:os';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';
import type { Stores } from './stores.ts';

/** Milliseconds between two words of a conversion, and for which its last is believed. */
const TELL = 1000;
const BELIEVED = 15_000;

const UnderWay = Type.Object({
  object: Type.String(),
  replica: Type.String(),
  /** Milliseconds since 1970. */
  since: Type.Number(),
  told: Type.Number(),
  phase: Type.Union([Type.Literal('fetching'), Type.Literal('converting')]),
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  pages: Type.Optional(Type.Integer({ minimum: 1 })),
  bytes: Type.Optional(Type.Integer({ description: 'Fetched so far' })),
});
type UnderWay = Static<typeof UnderWay>;

/** How far a conversion is. */
export type Progress = Pick<UnderWay, 'phase' | 'page' | 'pages' | 'bytes'>;

/** Why a conversion was ended: nobody wants what would come of it. */
export class NotWanted extends Error {
  readonly code: 'cancelled' | 'no-longer-wanted';
  constructor(code: NotWanted['code']) {
    super(code);
    this.code = code;
  }
}

type Work<T> = (signal: AbortSignal, tell: (progress: Progress) => void) => Promise<T>;

export type ConversionsUnderWay = {
  /**
   * Does the work, and says of it to all replicas how far it is once it has taken a second. Its signal aborts, with NotWanted, within a second after the
   * image is withdrawn or its conversion cancelled.
   */
  during<T>(image: string, object: string, signal: AbortSignal, work: Work<T>): Promise<T>;
  /** Of all replicas, the longest first. */
  list(): Promise<({ image: string } & UnderWay)[]>;
};

export async function conversionsUnderWay(
  documents: Documents,
  { images }: Pick<Stores, 'images'>,
  instance: string,
  now: () => Date,
): Promise<ConversionsUnderWay> {
  const told = await openCollection(documents, { name: 'converter.underWay', indexes: [], schema: UnderWay });
  const replica = `${hostname()} ${instance}`;
  return {
    during: async (image, object, signal, work) => {
      const since = now().getTime();
      const ended = new AbortController();
      let progress: Progress = { phase: 'fetching' };
      let telling: Promise<void> | undefined;
      let wasTold = false;

      async function tell(): Promise<void> {
        const found = await images.get(image);
        if (found?.state === 'withdrawn') return ended.abort(new NotWanted('no-longer-wanted'));
        if (found?.cancelled) return ended.abort(new NotWanted('cancelled'));
        wasTold = true;
        await told.update(image, () => ({ object, replica, since, told: now().getTime(), ...progress }));
      }
      const timer = setInterval(() => {
        // An engine that doesn't answer is no reason to end what goes on without it.
        telling ??= tell()
          .catch(() => {})
          .finally(() => {
            telling = undefined;
          });
      }, TELL);
      try {
        return await work(AbortSignal.any([signal, ended.signal]), (next) => {
          progress = next;
        });
      } catch (thrown) {
        throw ended.signal.aborted ? ended.signal.reason : thrown;
      } finally {
        clearInterval(timer);
        await telling;
        if (wasTold) await told.remove(image).catch(() => {});
      }
    },
    list: async () => {
      const found = [];
      for await (const { id, value } of told.all()) if (value.told > now().getTime() - BELIEVED) found.push({ image: id, ...value });
      return found.toSorted((a, b) => a.since - b.since);
    },
  };
}
