/** How often an address may have been percent-encoded by whoever passed it on. */
const ENCODINGS = 3;

/** The path and query of an address, without scheme and host, since those have moved too. @param address absolute, or from its path on */
export const withoutHost = (address: string): string => address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');

/** An address in no encoding, since every server and proxy encodes slashes in identifiers its own way. */
export function inNoEncoding(address: string): string {
  let text = address;
  for (let n = 0; n < ENCODINGS; n++) {
    const next = decodeOnce(text);
    if (next === text) break;
    text = next;
  }
  return text;
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
