import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { isDiskFault } from './disk-fault.ts';

export type FetchedMaster = { readonly sha256: string; readonly etag?: string };

const ACCEPT = 'image/tiff, image/jpeg;q=0.9, image/png;q=0.9, image/*;q=0.5';

/**
 * A master into a file, hashed on its way; undefined when the source says that it is unchanged.
 *
 * @throws Problem `master-missing`, `master-too-large`, and those of the outbound HTTP
 */
export async function fetchMaster(
  outbound: OutboundHttp,
  address: string,
  file: string,
  options: { etag: string | undefined; maxBytes: number; signal: AbortSignal },
): Promise<FetchedMaster | undefined> {
  const answer = await outbound.get(address, { accept: ACCEPT, ...options }).catch(classified);
  if (answer.status === 'unchanged') return undefined;
  if (answer.status !== 'found') throw new Problem('master-missing', { detail: address });
  const hash = createHash('sha256');
  async function* hashed() {
    for await (const chunk of answer.status === 'found' ? answer.body : []) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(hashed, createWriteStream(file), { signal: options.signal }).catch(classified);
  return { sha256: hash.digest('hex'), ...(answer.etag === undefined ? {} : { etag: answer.etag }) };
}

function classified(thrown: unknown): never {
  if (thrown instanceof Problem && thrown.code === 'source-too-large')
    throw new Problem('master-too-large', { detail: thrown.detail ?? '', cause: thrown });
  if (isDiskFault(thrown)) throw new Problem('port-unavailable', { detail: 'the disk can’t be written', cause: thrown });
  throw thrown;
}
