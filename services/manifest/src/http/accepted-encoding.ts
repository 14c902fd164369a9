export type Encoding = 'br' | 'gzip' | 'identity';

/** How a client wants a body (RFC 9110, 12.5.3): Brotli before gzip where it takes both. */
export function acceptedEncoding(accept: string | string[] | undefined): Encoding {
  const said = String(accept ?? '').toLowerCase();
  const takes = (name: string): boolean => {
    const range = said.split(',').find((one) => one.trim().split(';')[0]?.trim() === name);
    return range !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(range);
  };
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity';
}
