/** Seconds for which a connection without a request is kept. */
export const IDLE_SECONDS = 72;

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' } as const;

/** What comes before the body: status, date, headers, and a length where there is one. */
export function quickHead(status: 200 | 304, headers: Readonly<Record<string, string>>, length?: number): string {
  let lines = `${STATUS_LINES[status]}date: ${httpDate()}\r\n`;
  for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
  const size = length === undefined ? '' : `content-length: ${length}\r\n`;
  return `${lines}${size}connection: keep-alive\r\nkeep-alive: timeout=${IDLE_SECONDS}\r\n\r\n`;
}

/** Writes the present date into an answer that was made before. */
export function stampDate(wire: Buffer, status: 200 | 304): void {
  wire.write(httpDate(), STATUS_LINES[status].length + 'date: '.length, 'latin1');
}

let date = '';
let dateUntil = 0;

/** RFC 9110, 6.6.1; always of one length, made once a second. */
function httpDate(): string {
  const now = Date.now();
  if (now >= dateUntil) {
    date = new Date(now).toUTCString();
    dateUntil = now - (now % 1000) + 1000;
  }
  return date;
}
