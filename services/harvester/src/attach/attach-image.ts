import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { DeriveObject } from '../derive-object.ts';
import { belongingOf } from '../domain/attach/attached-image.ts';
import { recordKey } from '../stores.ts';
import { demandLease } from '../walk.ts';
import type { Attachments } from './attachments.ts';

type Deps = { blobs: Blobs; attachments: Attachments };

/** What is made of a record of an image source: no object of its own, but an image of another one. @throws Problem `configuration-invalid` */
export function attachImage(source: string, attach: NonNullable<SourceDefinition['attach']>, { blobs, attachments }: Deps): DeriveObject {
  const read = belongingOf(source, attach);
  return async ({ wanted, known, walk, copy, body, address }) => {
    let content: unknown;
    try {
      content = JSON.parse(String(body ?? (await blobs.read(copy.key))).replace(/^\uFEFF/, ''));
    } catch (cause) {
      throw new Problem('record-not-json', { detail: address, cause });
    }
    const before = known?.attached;
    const belonging = await read(wanted.object, content).catch(async (thrown: unknown) => {
      demandLease(walk);
      // What belongs to nobody any more must not stay where it was.
      if (before !== undefined && asProblem(thrown).code === 'listed-record-invalid') await attachments.detach(before, walk);
      throw thrown;
    });
    demandLease(walk);
    const { id, changed } = await attachments.attach(attach.to, recordKey(source, wanted.object), belonging, before, walk);
    const moved = before !== undefined && before !== id;
    if (moved) await attachments.detach(before, walk);
    const code = before === undefined ? 'attached' : changed || moved ? 'updated' : 'unchanged';
    return { outcome: { code }, record: { attached: id, state: 'present' }, faults: [], texts: false };
  };
}
