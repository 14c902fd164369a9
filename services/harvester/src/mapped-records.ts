import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { isNode } from '@vitrine/mapping/json-node.ts';
import { mappingOf } from '@vitrine/mapping/mappings.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';

/** Raw copies whose mapping is remembered: those of the records under way. */
const REMEMBERED = 256;

/** Raw copies as the mapping reads them. A copy is named by its content, so what was made of it once is still so. */
export type MappedRecords = {
  /**
   * Undefined for a record that is no object.
   *
   * @param content of the copy, where it is at hand
   * @throws Problem `record-invalid`
   */
  mapped(key: string, content?: unknown): Promise<MappedObject | undefined>;
};

export function mappedRecords(blobs: Blobs): MappedRecords {
  const known = new Map<string, MappedObject | undefined>();
  return {
    mapped: async (key, content) => {
      if (known.has(key)) return known.get(key);
      const record = content ?? JSON.parse(String(await blobs.read(key)));
      const mapping = isNode(record) ? mappingOf(record) : undefined;
      if (!mapping || !isNode(record)) throw new Problem('record-invalid', { detail: 'no mapping reads it any more' });
      const mapped = mapping.map(record);
      known.set(key, mapped);
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
      return mapped;
    },
  };
}
