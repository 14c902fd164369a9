/**
 * What `?response-content-disposition=` asks for, as a header that is safe to send (RFC 6266): whether to save, and under which name. Whatever
 * else it says is left out; without a usable name the image's own is taken.
 */
export function contentDisposition(asked: string, otherwise: string): string {
  const kind = /^\s*inline\b/i.test(asked) ? 'inline' : 'attachment';
  const extended = /filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(asked)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(asked);
  const name = cleaned(decoded(extended) ?? plain?.[1] ?? plain?.[2] ?? '') || otherwise;
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const rest =
    ascii === name
      ? ''
      : `; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`;
  return `${kind}; filename="${ascii}"${rest}`;
}

/** No path, no control characters. */
const cleaned = (name: string) =>
  name
    .replaceAll(/[\p{Cc}/\\:]/gu, '')
    .trim()
    .slice(0, 150)
    // A letter of two halves may have been cut.
    .toWellFormed();

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
