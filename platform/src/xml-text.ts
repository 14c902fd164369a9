/**
 * The text of an XML file by its byte order mark, else by its declaration, else as UTF-8 (XML 1.0, appendix F).
 *
 * @throws TypeError or RangeError where it is not in that encoding, or nobody knows it
 */
export function xmlText(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const marked = head.startsWith('\xff\xfe') ? 'utf-16le' : head.startsWith('\xfe\xff') ? 'utf-16be' : undefined;
  const encoding = marked ?? /^<\?xml[^>]*\sencoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
