import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { ConvertImage } from '../convert-image.ts';
import { createdObjects } from '../domain/object-created.ts';
import { type ImageResult, rejectImage } from '../image-results.ts';
import type { Stores } from '../stores.ts';
import { wantObject } from '../want-object.ts';

/** How the work on one created object ended. */
export type FunctionResult = {
  readonly bucket: string;
  readonly key: string;
  readonly outcome: 'converted' | 'rejected' | 'ignored';
  readonly image?: string;
  readonly code: string;
  readonly detail?: string;
};

type Deps = { stores: Stores; results: ImageResult; convert: ConvertImage };

/**
 * The conversion as a function: converts each object that a notification says was created, and publishes what became of it. It throws where the same
 * notification is to be sent again: when a store or the bus does not answer.
 */
export function conversionFunction({ stores, results, convert }: Deps): (event: unknown) => Promise<FunctionResult[]> {
  async function one(created: { bucket: string; key: string; etag: string }): Promise<FunctionResult> {
    const { bucket, key } = created;
    const image = await wantObject(stores, created);
    if (image === undefined)
      return {
        bucket,
        key,
        outcome: 'ignored',
        code: 'no-image-of-ours',
        detail: 'the key is not {object}/{file}, or its image is another’s, or was withdrawn',
      };
    const read = await stores.images.get(image);
    const address = read?.wanted.master;
    if (!read || address === undefined) throw new Problem('unexpected', { detail: `${image} is gone` });
    const context = { signal: new AbortController().signal, replayed: false };
    try {
      const { code, detail, failed } = await convert({ image, read, address, source: undefined, cause: {}, context, damaged: false });
      const outcome = failed ? 'rejected' : code === 'no-longer-wanted' ? 'ignored' : 'converted';
      return { bucket, key, outcome, image, code, ...(detail === undefined ? {} : { detail }) };
    } catch (thrown) {
      const problem = await rejectImage(results, image, read, {}, thrown).catch(asProblem);
      if (problem.fault !== 'permanent') throw problem;
      return {
        bucket,
        key,
        outcome: 'rejected',
        image,
        code: problem.code,
        ...(problem.detail === undefined ? {} : { detail: problem.detail }),
      };
    }
  }

  return async (event) => {
    const created = createdObjects(event);
    if (!created) throw new Problem('request-invalid', { detail: 'this is no notification of an object store (Records)' });
    const results: FunctionResult[] = [];
    for (const object of created) results.push(await one(object));
    return results;
  };
}
