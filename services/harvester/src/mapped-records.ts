import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { mappingOf } from '@vitrine/mapping/mappings.ts';
import { parseRecord } from '@vitrine/mapping/parse-record.ts';
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
  mapped(key: string, content?: JsonNode): Promise<MappedObject | undefined>;
};

export function mappedRecords(blobs: Blobs): MappedRecords {
  const known = new Map<string, MappedObject | undefined>();
  return {
    mapped: async (key, content) => {
      if (known.has(key)) return known.get(key);
      const record = content ?? parseRecord(await blobs.read(key), key);
      const mapping = mappingOf(record);
      if (!mapping) throw new Problem('record-invalid', { detail: 'no mapping reads it any more' });
      const mapped = mapping.map(record);
      known.set(key, mapped);
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
      return mapped;
    },
  };
}
