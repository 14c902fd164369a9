import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';

/** A half-open range of bytes. */
export type ByteRange = { readonly from: number; readonly to: number };

/** One blob, kept open for many small reads. After close() a read under way ends well, and a new one is refused. */
export type BlobReader = {
  /** As Blobs.read(). */
  read(range: ByteRange): Promise<Buffer>;
  /**
   * The same at once, into `target` from `start` on, where the storage answers at once just now: how many bytes there were. Undefined where it
   * doesn't: then read() it is.
   */
  readNow(range: ByteRange, target: Buffer, start: number): number | undefined;
  close(): void;
};

/**
 * Blobs by key: `{owner}/{kind}/{name}`, in letters, digits and `._-/`.
 *
 * put() is atomic: a reader sees the whole blob or none, whatever is killed. The same bytes under a used key are a success; other bytes
 * throw `blob-exists`. What put() acknowledged survives the death of the machine.
 * read() of a range past the end gives what there is; of a missing blob throws `blob-missing`.
 * list() is in the order of keys and sees no blob that is under way. delete() of a missing blob is a success.
 * A store that can't be reached, or is full, throws `port-unavailable`. Throws Problem only.
 */
export interface Blobs {
  put(key: string, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<BlobRef>;
  read(key: string, range?: ByteRange): Promise<Buffer>;
  /** @throws Problem `blob-missing` now or at the first read */
  reader(key: string): Promise<BlobReader>;
  stream(key: string): AsyncIterable<Uint8Array>;
  stat(key: string): Promise<{ bytes: number; modified: Date } | undefined>;
  list(prefix: string): AsyncIterable<string>;
  delete(key: string): Promise<void>;
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
