import { sha256 } from '@vitrine/platform/blobs/content-key.ts';

/** What a source's own mapping is called among formats: another mapping is another format, so its objects are made again. */
export const ownFormat = (expression: string): string => `own-${sha256(Buffer.from(expression)).slice(0, 10)}`;
