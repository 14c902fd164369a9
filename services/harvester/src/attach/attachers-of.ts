import { objectKeys } from '../domain/attach/object-keys.ts';
import type { Stores } from '../stores.ts';
import type { Attacher } from './attachments.ts';

/** The sources whose images belong to objects of this one, and what tells that they, or their expressions, are others than before. */
export async function attachersOf(
  { sources }: Pick<Stores, 'sources'>,
  target: string,
): Promise<{ readonly attachers: readonly Attacher[]; readonly mark: string }> {
  const attachers: Attacher[] = [];
  const marks: string[] = [];
  for await (const { id, value } of sources.all()) {
    const { attach } = value.definition;
    if (attach?.to !== target) continue;
    attachers.push({ source: id, keysOf: objectKeys(attach.objectKey) });
    marks.push(`${id} ${attach.objectKey ?? ''}`);
  }
  return { attachers, mark: marks.join('\n') };
}
