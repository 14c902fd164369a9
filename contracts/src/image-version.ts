import Type from 'typebox';

/** The first ten hexadecimal digits of a derivative's SHA-256, as they stand in addresses after `~` (R4). */
export const ImageVersion = Type.String({ pattern: '^[0-9a-f]{10}$' });

export function imageVersion(sha256: string): string {
  return sha256.slice(0, 10);
}
