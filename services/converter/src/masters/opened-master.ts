/** A master that is about to be read. */
export type OpenedMaster =
  | { readonly status: 'unchanged' }
  | {
      readonly status: 'found';
      readonly etag?: string;
      /** Where the body begins; more than 0 only where that was asked for. */
      readonly from: number;
      /** Bytes of the body, where they are known. */
      readonly length?: number;
      readonly body: AsyncIterable<Uint8Array>;
    };

/** Part of a master that is there already, of the version that a strong validator names. */
export type Resume = { readonly from: number; readonly etag: string };
