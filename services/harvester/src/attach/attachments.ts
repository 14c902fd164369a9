import { createHash } from 'node:crypto';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { Belonging } from '../domain/attach/attached-image.ts';
import type { KeysOf } from '../domain/attach/object-keys.ts';
import type { AttachedImage, Stores } from '../stores.ts';
import type { Walk } from '../walk.ts';

/** A source whose images belong to objects of another one. */
export type Attacher = { readonly source: string; readonly keysOf: KeysOf };

type Deps = { stores: Pick<Stores, 'attachments' | 'keys' | 'touched' | 'sources'>; now: () => Date };

/**
 * Images and the objects that they belong to, in any order of arrival: an object's keys are written before its images are looked for, an image before the objects that have its
 * key, so whoever comes second finds the first.
 */
export type Attachments = {
  /** The images of an object, whose keys are noted. */
  imagesOf(
    target: string,
    object: Keyed,
    attachers: readonly Attacher[],
    record: JsonNode,
  ): Promise<{ images: AttachedImage[]; keys: string[] }>;
  /**
   * Attaches an image, or changes it.
   *
   * @param known what its record says that it is attached as
   * @returns its attachment, and whether anything changed
   * @throws Problem `conflict` where a newer holder of the lease wrote it
   */
  attach(
    target: string,
    record: string,
    belonging: Belonging,
    known: string | undefined,
    walk: Fenced,
  ): Promise<{ id: string; changed: boolean }>;
  /** Its attachment, and whether attaching the image would change it. */
  foresee(target: string, source: string, record: string, belonging: Belonging): Promise<{ id: string; same: boolean }>;
  /** @throws Problem `conflict` where a newer holder of the lease wrote it */
  detach(id: string, walk: Fenced): Promise<void>;
};

/** Who has the images: what a newer holder of its lease wrote is not an older one's to change. */
type Fenced = Pick<Walk, 'source' | 'lease'>;

/** An object, the key of its record, and the keys that were noted of it. */
type Keyed = { readonly object: string; readonly record: string; readonly keys: readonly string[] };

export function openAttachments({ stores, now }: Deps): Attachments {
  const { attachments, keys, touched, sources } = stores;

  /** Objects that have what an attachment is for are derived again, by who tends their source. */
  async function touch(id: string): Promise<void> {
    const [target = ''] = id.split(':');
    const prefix = id.slice(0, id.lastIndexOf(':') + 1);
    let any = false;
    for await (const { value } of keys.all({ prefix })) {
      any = true;
      await touched.update(value.record, () => ({ record: value.record, at: now().getTime() }));
    }
    if (any)
      await sources.update(target, (current) =>
        current && current.due > 0 && !current.definition.paused ? { ...current, due: 0 } : undefined,
      );
  }

  return {
    imagesOf: async (target, { object, record, keys: before }, attachers, content) => {
      const noted: string[] = [];
      // An expression that fails for a record says no key of it: its object is harvested all the same.
      for (const { source, keysOf } of attachers)
        for (const key of await keysOf(content, object).catch(() => [])) {
          const id = `${target}:${source}:${key}:${object}`;
          noted.push(id);
          if (!before.includes(id)) await keys.update(id, () => ({ object, record }));
        }
      for (const id of before) if (!noted.includes(id)) await keys.remove(id);
      const images: AttachedImage[] = [];
      for (const id of noted)
        for await (const { value } of attachments.all({ prefix: id.slice(0, id.lastIndexOf(':') + 1) })) images.push(value.image);
      return { images: images.toSorted(inOrder), keys: noted };
    },

    attach: async (target, record, { key, image }, known, { source, lease }) => {
      const id = attachmentId(target, source, key, record);
      let told = false;
      // Of a new one its record does not say yet that it is attached: that is mark enough.
      const marked = known === id;
      await attachments.update(id, (before) => {
        demandFence(before, lease);
        const same = isSame(before, image);
        told = same && before?.untold !== true;
        // The fence rises also where nothing changed, so that who lost the lease does not undo it.
        if (same && before?.fence === lease.fence) return undefined;
        return { record, image, fence: lease.fence, ...(marked && !told ? { untold: true as const } : {}) };
      });
      if (told && marked) return { id, changed: false };
      // Where a crash came between the image and its word to the objects, the attachment or its record says so.
      await touch(id);
      if (marked)
        await attachments.update(id, (current) => {
          if (current?.fence !== lease.fence || !isSame(current, image)) return undefined;
          const { untold: _, ...rest } = current;
          return rest;
        });
      return { id, changed: true };
    },

    foresee: async (target, source, record, { key, image }) => {
      const id = attachmentId(target, source, key, record);
      return { id, same: isSame(await attachments.get(id), image) };
    },

    detach: async (id, { lease }) => {
      for (;;) {
        const current = await attachments.getVersioned(id);
        demandFence(current?.value, lease);
        if (!current || (await attachments.removeExactly(id, current.version))) break;
      }
      await touch(id);
    },
  };
}

const attachmentId = (target: string, source: string, key: string, record: string): string => `${target}:${source}:${key}:${hash(record)}`;

const isSame = (before: { readonly image: AttachedImage } | undefined, image: AttachedImage): boolean =>
  before !== undefined && JSON.stringify(before.image) === JSON.stringify(image);

function demandFence(written: { readonly fence?: number } | undefined, { fence }: Fenced['lease']): void {
  if ((written?.fence ?? 0) > fence) throw new Problem('conflict', { detail: 'another instance harvests this source now' });
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** By their numbers; those without come after, by their names. */
const inOrder = (a: AttachedImage, b: AttachedImage): number =>
  (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER) || compare(a.sourceId, b.sourceId);

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 20);
