import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ObjectEntry, Stores } from './stores.ts';

export type VisibleObject = { readonly id: string; readonly entry: ObjectEntry };

/** A page of the published objects that the public may see, and where the next begins. */
export function visibleObjects({ objects }: Stores, access: AccessTable) {
  return async (after: string | undefined, limit: number): Promise<{ objects: VisibleObject[]; next?: string }> => {
    const found: VisibleObject[] = [];
    let cursor = after;
    for (;;) {
      const page = await objects.list({
        where: { field: 'state', equals: 'published' },
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      for (const { id, value } of page.items) {
        if (found.length === limit) return { objects: found, next: found.at(-1)?.id ?? '' };
        if (await access.allows(id)) found.push({ id, entry: value });
      }
      if (page.next === undefined) return { objects: found };
      cursor = page.next;
    }
  };
}

export type ReadVisible = ReturnType<typeof visibleObjects>;

/** An object that is published, for whoever may see it. @throws Problem `access-refused`, `object-not-found`, `object-withdrawn` */
export function publishedObject({ objects }: Stores, access: AccessTable) {
  return async (id: string): Promise<ObjectEntry> => {
    await access.demand(id);
    const entry = await objects.get(id);
    if (entry?.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: id });
    if (entry?.state !== 'published') throw new Problem('object-not-found', { detail: id });
    return entry;
  };
}

export type ReadPublished = ReturnType<typeof publishedObject>;
