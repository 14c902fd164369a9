import Type, { type Static } from 'typebox';

/** Where a blob lies and what its bytes are; only the service named first in the key deletes it (R1). */
export const BlobRef = Type.Object({
  key: Type.String({ minLength: 1 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  bytes: Type.Integer({ minimum: 0 }),
});
export type BlobRef = Static<typeof BlobRef>;
