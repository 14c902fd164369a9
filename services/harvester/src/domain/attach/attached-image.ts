import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { columnRole } from '@vitrine/mapping/columns/column-roles.ts';
import { FolderObject } from '@vitrine/mapping/folder/folder-object.ts';
import { isNode } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import type { AttachedImage } from '../../stores.ts';
import { canonicalHash } from '../canonical-hash.ts';
import { expression, saidText } from '../expression.ts';
import { stemOf } from '../listing/image-files.ts';
import { foldedKey } from './folded-key.ts';

type Attach = NonNullable<SourceDefinition['attach']>;

/** What an image says of where it belongs. */
export type Belonging = { readonly key: string; readonly image: AttachedImage };

/** `key`, then `_` and a number, then `_` and a role: `1990-1_2_verso`. */
const USUAL = '(?<key>[^_]+)(?:_(?<order>\\d+))?(?:_(?<role>[^_]+))?';

/**
 * Reads from what a source lists of an image to which object it belongs.
 *
 * @param source the image's own
 * @throws Problem `configuration-invalid`; the reader: `listed-record-invalid` where it can't be told
 */
export function belongingOf(source: string, attach: Attach): (id: string, record: unknown) => Promise<Belonging> {
  const { pattern = USUAL, base } = attach;
  const name = new RegExp(`^(?:${pattern})$`, 'iu');
  const expressions = {
    key: attach.key === undefined ? undefined : expression('attach.key', attach.key),
    address: attach.address === undefined ? undefined : expression('attach.address', attach.address),
    order: attach.order === undefined ? undefined : expression('attach.order', attach.order),
    role: attach.role === undefined ? undefined : expression('attach.role', attach.role),
    label: attach.label === undefined ? undefined : expression('attach.label', attach.label),
  };
  const invalid = (detail: string) => new Problem('listed-record-invalid', { detail });

  function byName(file: FolderObject['files'][number], id: string): Belonging {
    const stem = stemOf(file.path).normalize('NFC');
    const groups = name.exec(stem)?.groups;
    const key = foldedKey(groups?.['key'] ?? '');
    if (key === '') throw invalid(`${file.path}: its name is not as attach.pattern says`);
    const { order, role, label } = groups ?? {};
    const mark = `${file.bytes} ${file.modified}`;
    return { key, image: image(id, file.address, mark, { order, role, label }) };
  }

  function image(
    id: string,
    address: string,
    mark: string,
    { order, role, label }: { order?: string | undefined; role?: string | undefined; label?: string | undefined },
  ): AttachedImage {
    const number = order === undefined ? Number.NaN : Number(order);
    return {
      sourceId: `${source}/${id}`,
      address,
      ...(Number.isFinite(number) ? { order: number } : {}),
      ...(role === undefined ? {} : { role: role.toLowerCase() }),
      ...(label === undefined ? {} : { label }),
      mark,
    };
  }

  return async (id, record) => {
    if (Check(FolderObject, record)) {
      const [file] = record.files;
      if (!file) throw invalid(`${id} has no file`);
      return byName(file, id);
    }
    if (!isNode(record)) throw invalid(`${id} is no JSON object`);
    const column = (role: 'id' | 'file') => Object.entries(record).find(([field]) => columnRole(field) === role)?.[1];
    const said = {
      key: expressions.key ? await expressions.key(record, id) : column('id'),
      address: expressions.address ? await expressions.address(record, id) : column('file'),
      order: saidText(await expressions.order?.(record, id)),
      role: saidText(await expressions.role?.(record, id)),
      label: saidText(await expressions.label?.(record, id)),
    };
    const key = foldedKey(saidText(said.key) ?? '');
    if (key === '') throw invalid(`${id} names no object: nothing for attach.key`);
    const address = URL.parse(saidText(said.address) ?? '', base);
    if (saidText(said.address) === undefined || !address || !/^(https?|s3|file):$/.test(address.protocol))
      throw invalid(`${id} names no master: nothing that is an address for attach.address`);
    return { key, image: image(id, address.href, canonicalHash(record), said) };
  };
}
