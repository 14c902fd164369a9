import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { Derivations } from '../derive-object.ts';
import { belongingOf } from '../domain/attach/attached-image.ts';
import { recordKey } from '../stores.ts';
import { demandLease } from '../walk.ts';
import type { Attachments } from './attachments.ts';

type Deps = { blobs: Blobs; attachments: Attachments };

/** What is made of a record of an image source: no object of its own, but an image of another one. @throws Problem `configuration-invalid` */
export function attachImage(source: string, attach: NonNullable<SourceDefinition['attach']>, { blobs, attachments }: Deps): Derivations {
  const belonging = belongingOf(source, attach);

  async function read(copy: BlobRef, body: Buffer | undefined, address: string): Promise<unknown> {
    try {
      return JSON.parse(String(body ?? (await blobs.read(copy.key))).replace(/^\uFEFF/, ''));
    } catch (cause) {
      throw new Problem('record-not-json', { detail: address, cause });
    }
  }

  return {
    derive: async ({ wanted, known, walk, copy, body, address }) => {
      const content = await read(copy, body, address);
      const before = known?.attached;
      const belongs = await belonging(wanted.object, content).catch(async (thrown: unknown) => {
        demandLease(walk);
        // What belongs to nobody any more must not stay where it was.
        if (before !== undefined && asProblem(thrown).code === 'listed-record-invalid') await attachments.detach(before, walk);
        throw thrown;
      });
      demandLease(walk);
      const { id, changed } = await attachments.attach(attach.to, recordKey(source, wanted.object), belongs, before, walk);
      if (before !== undefined && before !== id) await attachments.detach(before, walk);
      return { outcome: { code: codeOf(before, id, changed) }, record: { attached: id, state: 'present' }, faults: [], texts: false };
    },

    foresee: async ({ address, copy }, known) => {
      const belongs = await belonging(known.address, await read(copy, undefined, address));
      const { id, same } = await attachments.foresee(attach.to, source, recordKey(source, known.address), belongs);
      return codeOf(known.attached, id, !same);
    },
  };
}

function codeOf(before: string | undefined, now: string, changed: boolean): string {
  if (before === undefined) return 'attached';
  return changed || before !== now ? 'updated' : 'unchanged';
}
