import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { Problem } from '../problem.ts';
import type { CollectionSpec, Documents, ListOptions, StoredDocument } from './port.ts';

type CollectionDefinition<S extends TObject> = CollectionSpec & { readonly schema: S };

type Versioned<T> = { readonly id: string; readonly version: number; readonly value: T };

/** What update() makes of a document: its new value, or undefined to leave it as it is. */
type Change<T> = (current: T | undefined) => T | undefined | Promise<T | undefined>;

/** A collection whose documents are parsed when they are read: what another release wrote is not taken on trust. */
export type Collection<T> = {
  get(id: string): Promise<T | undefined>;
  getVersioned(id: string): Promise<Versioned<T> | undefined>;
  getMany(ids: readonly string[]): Promise<(T | undefined)[]>;
  /** Answers false when somebody was faster. `expect` 0 inserts. */
  put(id: string, value: T, expect: number): Promise<boolean>;
  /**
   * Reads, changes, writes by compare-and-set, and again until nobody was faster. Answers the value that the document has now, also when
   * the change was none.
   */
  update(id: string, change: Change<T>): Promise<T | undefined>;
  remove(id: string): Promise<void>;
  /** Answers false when somebody has written it since it was read. */
  removeExactly(id: string, version: number): Promise<boolean>;
  list(options: ListOptions): Promise<{ items: Versioned<T>[]; next?: string }>;
  /** Every document, page by page. */
  all(options?: Omit<ListOptions, 'after' | 'limit'>): AsyncGenerator<Versioned<T>>;
  count(): Promise<number>;
  drop(): Promise<void>;
};

const PAGE = 500;

export async function openCollection<S extends TObject>(
  documents: Documents,
  definition: CollectionDefinition<S>,
): Promise<Collection<Static<S>>> {
  type T = Static<S>;
  const raw = await documents.collection(definition);
  const validator = Compile(definition.schema);

  function parse({ id, version, body }: StoredDocument): Versioned<T> {
    if (!validator.Check(body)) {
      const [error] = validator.Errors(body);
      throw new Problem('unexpected', {
        detail: `${definition.name}/${id} is not what this release writes: ${error?.instancePath} ${error?.message}`,
      });
    }
    return { id, version, value: body };
  }

  async function getVersioned(id: string): Promise<Versioned<T> | undefined> {
    const document = await raw.get(id);
    return document && parse(document);
  }

  async function update(id: string, change: Change<T>): Promise<T | undefined> {
    for (;;) {
      const current = await getVersioned(id);
      const changed = await change(current?.value);
      if (changed === undefined) return current?.value;
      if ((await raw.put(id, changed, current?.version ?? 0)) !== undefined) return changed;
    }
  }

  async function list(options: ListOptions) {
    const { documents: page, next } = await raw.list(options);
    const items = page.map(parse);
    return next === undefined ? { items } : { items, next };
  }

  return {
    get: async (id) => (await getVersioned(id))?.value,
    getVersioned,
    getMany: async (ids) => (await raw.getMany(ids)).map((document) => document && parse(document).value),
    put: async (id, value, expect) => (await raw.put(id, value, expect)) !== undefined,
    update,
    removeExactly: async (id, version) => raw.delete(id, version),
    remove: async (id) => {
      for (;;) {
        const current = await raw.get(id);
        if (!current || (await raw.delete(id, current.version))) return;
      }
    },
    list,
    all: async function* (options = {}) {
      for (let after: string | undefined; ; ) {
        const page = await list({ ...options, limit: PAGE, ...(after === undefined ? {} : { after }) });
        yield* page.items;
        if (page.next === undefined) return;
        after = page.next;
      }
    },
    count: () => raw.count(),
    drop: () => raw.drop(),
  };
}
