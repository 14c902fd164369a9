import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServableTable } from './servable-table.ts';
import type { Derivative } from './stores.ts';

/** An image as it was addressed: with a version, its pixels never change; without, it is whatever is current. */
export type AddressedImage = {
  readonly image: string;
  readonly object: string;
  readonly versioned: boolean;
  readonly derivative: Derivative;
};

/** A superseded version was asked for; the current one is elsewhere. */
type Superseded = { readonly current: string };

export type FindImage = {
  /** @throws Problem `image-not-found`, `access-refused`, `image-withdrawn` */
  find(identifier: string): Promise<AddressedImage | Superseded>;
  /** The same where everything is in memory and all is well, else undefined. */
  findNow(identifier: string): AddressedImage | undefined;
};

/** `{image}` or `{image}~{version}` (R4). The access decision comes before anything is said of the image (R11). */
export function findImage(table: ServableTable, access: AccessTable): FindImage {
  return {
    find: async (identifier) => {
      const [image = '', version, ...rest] = identifier.split('~');
      const found = rest.length > 0 ? undefined : await table.get(image);
      if (!found) {
        // Where policies rule, what is not there looks like what is closed.
        await access.demand(image);
        throw new Problem('image-not-found', { detail: identifier.slice(0, 200) });
      }
      const { object, state, derivative } = found;
      await access.demand(object);
      if (state === 'withdrawn') throw new Problem('image-withdrawn', { detail: image });
      if (state !== 'converted' || !derivative) throw new Problem('image-not-found', { detail: image });
      if (version === undefined || version === derivative.version) return { image, object, versioned: version !== undefined, derivative };
      if (derivative.superseded.includes(version)) return { current: `${image}~${derivative.version}` };
      throw new Problem('image-not-found', { detail: identifier.slice(0, 200) });
    },
    findNow: (identifier) => {
      const mark = identifier.indexOf('~');
      const image = mark < 0 ? identifier : identifier.slice(0, mark);
      const found = table.known(image);
      if (!found || access.allowsNow(found.object) !== true) return undefined;
      const { object, state, derivative } = found;
      if (state !== 'converted' || !derivative) return undefined;
      if (mark >= 0 && identifier.slice(mark + 1) !== derivative.version) return undefined;
      return { image, object, versioned: mark >= 0, derivative };
    },
  };
}
