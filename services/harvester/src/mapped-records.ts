import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { mappingOf } from '@vitrine/mapping/mappings.ts';
import { fromSimpleForm } from '@vitrine/mapping/own/simple-form.ts';
import { parseRecord } from '@vitrine/mapping/parse-record.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { ownFormat } from './own-mapping/own-format.ts';
import type { OwnMapper } from './own-mapping/own-mapper.ts';

/** Raw copies whose mapping is remembered: those of the records under way. */
const REMEMBERED = 256;

/** Raw copies as a mapping reads them. A copy is named by its content, so what was made of it once is still so. */
export type MappedRecords = {
  /** How a record is mapped: by its source's own mapping, else by its content. Undefined where nothing reads it. */
  chosen(content: JsonNode, own: string | undefined): { readonly format: string; readonly version: number } | undefined;
  /**
   * Undefined for a record that is no object.
   *
   * @param own the mapping of its source, where that has one
   * @param content of the copy, where it is at hand
   * @throws Problem `record-invalid`, `mapping-failed`
   */
  mapped(key: string, own: string | undefined, content?: JsonNode): Promise<MappedObject | undefined>;
};

export function mappedRecords(blobs: Blobs, mapper: Pick<OwnMapper, 'evaluate'>): MappedRecords {
  const known = new Map<string, MappedObject | undefined>();

  function byContent(record: JsonNode): MappedObject | undefined {
    const mapping = mappingOf(record);
    if (!mapping) throw new Problem('record-invalid', { detail: 'no mapping reads it any more' });
    return mapping.map(record);
  }

  return {
    chosen: (content, own) => (own === undefined ? mappingOf(content) : { format: ownFormat(own), version: 1 }),
    mapped: async (key, own, content) => {
      const name = own === undefined ? key : `${key} ${ownFormat(own)}`;
      if (known.has(name)) return known.get(name);
      const record = content ?? parseRecord(await blobs.read(key), key);
      const mapped = own === undefined ? byContent(record) : fromSimpleForm(await mapper.evaluate(own, record));
      known.set(name, mapped);
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
      return mapped;
    },
  };
}
