import type { Rectangle } from '../domain/resolve-request.ts';

/** What the process for JPEG 2000 is asked for. Bytes go with a task only where the process does not have the file yet. */
export type Jp2Task =
  | { readonly kind: 'encode'; readonly data: Uint8Array; readonly width: number; readonly height: number; readonly channels: number }
  | { readonly kind: 'decode'; readonly file: string; readonly bytes?: Uint8Array; readonly level: number; readonly rectangle: Rectangle };

/** What came of it: a codestream, or the pixels of the rectangle. */
export type Jp2Answer = { readonly bytes: Uint8Array; readonly channels: number } | { readonly fault: string };
