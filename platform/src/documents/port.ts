/** A JSON object as the store keeps it: no keys with `.` or `$`, no array directly in an array. */
export type Body = { readonly [field: string]: unknown };

export type StoredDocument = {
  readonly id: string;
  /** The store's own counter for compare-and-set; not an entity's revision. */
  readonly version: number;
  readonly body: Body;
};

export type CollectionSpec = {
  /** `{service}.{noun}`: no service reads another's (R1). */
  readonly name: `${string}.${string}`;
  /** Top-level fields that list() may filter by. */
  readonly indexes: readonly string[];
};

export type ListOptions = {
  readonly prefix?: string;
  /** Only documents whose indexed field equals, or is at most, a value; a document without the field is left out. */
  readonly where?:
    | { readonly field: string; readonly equals: string | number }
    | { readonly field: string; readonly atMost: string | number };
  /** The `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
};

export type DocumentPage = { readonly documents: readonly StoredDocument[]; readonly next?: string };

/**
 * JSON documents by id, written by compare-and-set.
 *
 * put() with `expect` 0 inserts, with a version replaces exactly that version; it answers the new version, or undefined when somebody
 * was faster: read again and decide again. delete() is the same. There is no unconditional write and no transaction over two documents.
 * A read after an acknowledged write of this process sees it. A hot read is by id; list() is for pages, timers and sweeps, in the
 * order of ids by code unit.
 * An acknowledged write survives the death of the process and of the machine. A store that can't be reached throws `port-unavailable`.
 */
export interface Documents {
  collection(spec: CollectionSpec): Promise<RawCollection>;
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface RawCollection {
  get(id: string): Promise<StoredDocument | undefined>;
  /** In the order of `ids`, undefined for each that is missing. */
  getMany(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  put(id: string, body: Body, expect: number): Promise<number | undefined>;
  delete(id: string, expect: number): Promise<boolean>;
  list(options: ListOptions): Promise<DocumentPage>;
  count(): Promise<number>;
  /** Removes every document: for derived state only. */
  drop(): Promise<void>;
}
