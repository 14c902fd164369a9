/** Seconds for which a connection without a request is kept. */
export const IDLE_SECONDS = 72;

/** Headers as lines, up to the body; with a length where there is one. */
export function quickHead(headers: Readonly<Record<string, string>>, length?: number): string {
  let lines = '';
  for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
  const size = length === undefined ? '' : `content-length: ${length}\r\n`;
  return `${lines}${size}connection: keep-alive\r\nkeep-alive: timeout=${IDLE_SECONDS}\r\n\r\n`;
}
