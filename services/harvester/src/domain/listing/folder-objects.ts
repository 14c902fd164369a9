import { columnRole } from '@vitrine/mapping/columns/column-roles.ts';
import type { FolderObject } from '@vitrine/mapping/folder/folder-object.ts';
import { stemOf } from './image-files.ts';
import type { Table } from './table.ts';

export type ImageFile = FolderObject['files'][number];

/** A table in the folder, by its path. */
export type FolderTable = { readonly path: string; readonly table: Table };

export type FolderObjects = {
  readonly objects: readonly FolderObject[];
  /** Rows that name no file that is there, or nothing at all. */
  readonly unusable: readonly { readonly place: string; readonly why: string }[];
};

type Row = {
  readonly place: string;
  readonly id: string | undefined;
  readonly files: readonly string[];
  readonly fields: FolderObject['fields'];
};

/**
 * What a folder of images holds: a file is an object, and its title the name of the file; a row of a table says more of one, or makes one object of several files. A row finds
 * its files by the column that names them, else by its id, which the names of its files begin with.
 */
export function folderObjects(files: readonly ImageFile[], tables: readonly FolderTable[]): FolderObjects {
  const named = new Map<string, ImageFile[]>();
  for (const file of files) for (const name of namesOf(file.path)) push(named, name, file);
  const rows = tables.flatMap(rowsOf);
  const byStem = rows.some(({ files: wanted }) => wanted.length === 0) ? filesByStem(files) : new Map<string, ImageFile[]>();
  const taken = new Set<string>();
  const made = new Map<string, { files: ImageFile[]; fields: FolderObject['fields'] }>();
  const unusable: { place: string; why: string }[] = [];
  for (const { place, id, files: wanted, fields } of rows) {
    const found: ImageFile[] = [];
    for (const name of wanted) {
      const [file, other] = named.get(folded(name)) ?? [];
      if (!file) unusable.push({ place, why: `${name} is not in the folder` });
      else if (other) unusable.push({ place, why: `${name} is there more than once: ${file.path} and ${other.path}` });
      else found.push(file);
    }
    if (wanted.length === 0 && id !== undefined) found.push(...(byStem.get(folded(id)) ?? []));
    const [first] = found;
    if (!first) {
      if (wanted.length === 0)
        unusable.push({ place, why: id === undefined ? 'it names neither an id nor a file' : `no file’s name begins with ${id}` });
      continue;
    }
    for (const { path } of found) taken.add(path);
    const object = id ?? first.path;
    const before = made.get(object);
    // Another row of the same id adds its files; what it says beside is said once.
    if (before) before.files.push(...found.filter(({ path }) => !before.files.some((file) => file.path === path)));
    else made.set(object, { files: found, fields });
  }
  for (const file of files) if (!taken.has(file.path) && !made.has(file.path)) made.set(file.path, { files: [file], fields: [] });
  const objects = [...made].map(([id, { files: own, fields }]): FolderObject => {
    return { type: 'vitrine:FolderObject', id, name: stemOf(own[0]?.path ?? id), files: own, fields };
  });
  return { objects: objects.toSorted((a, b) => compare(a.id, b.id)), unusable };
}

function rowsOf({ path, table }: FolderTable): Row[] {
  const roles = new Map(table.columns.map((column) => [column, columnRole(column)]));
  return table.rows.map(({ line, fields }) => ({
    place: `${path}, line ${line}`,
    id: fields.find(({ column }) => roles.get(column) === 'id')?.value,
    files: fields
      .filter(({ column }) => roles.get(column) === 'file')
      .flatMap(({ value }) => value.split(/[;|\n]/))
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    fields: fields.filter(({ column }) => roles.get(column) !== 'file'),
  }));
}

/** A file by its path, by its name, and by both without its ending. */
const namesOf = (path: string): ReadonlySet<string> =>
  new Set([path, path.split('/').at(-1) ?? path].flatMap((name) => [folded(name), folded(name.replace(/\.[^./]+$/, ''))]));

/** Files by what their names begin with: `A-12.tif`, `A-12_1.tif`, `A-12 (3).tif` and `A-12-verso.tif` are of A-12, `A-123.tif` is not. In the order of their numbers. */
function filesByStem(files: readonly ImageFile[]): ReadonlyMap<string, ImageFile[]> {
  const found = new Map<string, ImageFile[]>();
  for (const file of files.toSorted((a, b) => compare(a.path, b.path))) {
    const stem = folded(stemOf(file.path));
    const beginnings = [...stem.matchAll(/[ _.(-]/g)].map(({ index }) => stem.slice(0, index).trimEnd());
    for (const name of new Set([stem, ...beginnings])) if (name !== '') push(found, name, file);
  }
  return found;
}

function push<T>(lists: Map<string, T[]>, name: string, value: T): void {
  const list = lists.get(name);
  if (list) list.push(value);
  else lists.set(name, [value]);
}

/** Disks differ in case and in how they write accents. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase().replaceAll('\\', '/').replace(/^\.\//, '');

const { compare } = new Intl.Collator('en', { numeric: true });
