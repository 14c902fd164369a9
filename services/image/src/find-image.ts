import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServableTable } from './servable-table.ts';
import type { Derivative } from './stores.ts';

/** An image as it was addressed: with a version, its pixels never change; without, it is whatever is current. */
type AddressedImage = {
  readonly image: string;
  readonly object: string;
  readonly versioned: boolean;
  readonly derivative: Derivative;
};

/** A superseded version was asked for; the current one is elsewhere. */
type Superseded = { readonly current: string };

export type FindImage = (identifier: string) => Promise<AddressedImage | Superseded>;

/**
 * `{image}` or `{image}~{version}` (R4). The access decision comes before anything is said of the image (R11).
 *
 * @throws Problem `image-not-found`, `access-refused`, `image-withdrawn`
 */
export function findImage(table: ServableTable, access: AccessTable): FindImage {
  return async (identifier) => {
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
  };
}
