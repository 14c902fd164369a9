import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { type FetchDocument, keepRawCopy } from './fetch-document.ts';
import type { TextCopy } from './stores.ts';

const ACCEPT = 'application/xml, text/xml;q=0.9, */*;q=0.5';

type CopyDeps = { fetch: FetchDocument; blobs: Blobs; signal: AbortSignal };

/** Our own copies of an object's texts; one that can't be fetched is a fault beside the others, and its former copy stays. */
export async function copyTexts(
  addresses: readonly string[],
  known: readonly TextCopy[],
  { fetch, blobs, signal }: CopyDeps,
): Promise<{ copies: TextCopy[]; faults: Problem[] }> {
  const copies: TextCopy[] = [];
  const faults: Problem[] = [];
  for (const address of addresses) {
    const former = known.find((copy) => copy.address === address);
    try {
      const fetched = await fetch(address, ACCEPT, { etag: former?.etag }, signal);
      if (fetched.status === 'unchanged' && former) copies.push(former);
      else if (fetched.status === 'found') {
        const blob = await keepRawCopy(blobs, fetched.body);
        copies.push({ address, blob, ...(fetched.etag === undefined ? {} : { etag: fetched.etag }) });
      } else faults.push(new Problem('text-missing', { detail: address }));
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (signal.aborted || (problem.fault !== 'source' && problem.fault !== 'permanent')) throw thrown;
      faults.push(problem);
      if (former) copies.push(former);
    }
  }
  return { copies, faults };
}
