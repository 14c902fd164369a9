/** A key as two writings of it are compared: `1990.1`, `1990-1` and `1990_1` are one, as are cases and accents written in two ways. Empty where it says nothing. */
export const foldedKey = (key: string): string =>
  key
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 200);
