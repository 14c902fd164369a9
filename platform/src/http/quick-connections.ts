import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { QuickReply, QuickRequest } from '../service.ts';
import { IDLE_SECONDS } from './quick-head.ts';

/** Answers a request at once, or soon, or leaves it to the server. */
export type AnswerQuickly = (request: QuickRequest) => QuickReply | Promise<QuickReply | undefined> | undefined;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const LINE = /^GET (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** A longer head is nothing that is answered at once. */
const LONGEST_HEAD = 8192;
/**
 * What makes more of a request than its line says: a body, another protocol, a condition or a range that is not looked at here, an end of the
 * connection; and line ends or folded lines that two parsers could read differently.
 */
const MORE =
  /\r\n(?:content-length|transfer-encoding|upgrade|expect|te|trailer|range|if-match|if-range|if-unmodified-since|authorization|proxy-[a-z-]+):|\r\nconnection:(?![ \t]*keep-alive[ \t]*\r\n)|\r\n[^\r\n:]*[^\r\n:!#$%&'*+.^_`|~0-9a-z-]|\r\n[^\r\n:]+(?=\r\n)|[^\r]\n|\r[^\n]|(?![\t\r\n])\p{Cc}/iu;
const HOST = /\r\nhost:[ \t]*[^\s]/i;
const FIELDS = {
  accept: /\r\naccept:[ \t]*([^\r]*)/i,
  'accept-encoding': /\r\naccept-encoding:[ \t]*([^\r]*)/i,
  'if-none-match': /\r\nif-none-match:[ \t]*([^\r]*)/i,
  'if-modified-since': /\r\nif-modified-since:[ \t]*([^\r]*)/i,
} as const;
/** Milliseconds between two requests. The first one, and the head of any, have as long as the server gives to heads. */
const IDLE = IDLE_SECONDS * 1000;
/** Bytes of answers that wait for a client to read them, but for the last one. */
const MOST_UNSENT = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Looks at each connection of a server before its HTTP parser does. While every request on it is a plain GET that can be answered at once, or after a look at what is stored, it is
 * answered here, by one write, in order; at the first other one the connection goes to the server for good, with all that was not answered. HTTP/1.1 by RFC
 * 9112: whatever is not of the simplest form (2.2, 3, 6.3) is left to the parser.
 */
export function quickConnections(server: Server, answer: AnswerQuickly): { closeAll(): void } {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  /** Each with whether it waits for an answer. */
  const sockets = new Map<Socket, () => boolean>();
  let closing = false;
  server.on('connection', (socket: Socket) => {
    let held: Buffer = NOTHING;
    let fields: Fields | undefined;
    let started = false;
    /** An answer is being looked for; nothing more is read meanwhile. */
    let waiting = false;
    /** Runs while a head is not whole, whatever trickles in meanwhile. */
    let deadline: NodeJS.Timeout | undefined;
    sockets.set(socket, () => waiting);
    const drop = () => void socket.destroy();
    const ended = () => void socket.end();

    function closed(): void {
      sockets.delete(socket);
      clearTimeout(deadline);
    }

    function handOver(): void {
      closed();
      for (const [name, listener] of listening) socket.off(name, listener);
      socket.pause();
      socket.setTimeout(0);
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
      if (held.length > 0) socket.unshift(held);
      socket.resume();
    }

    function take(chunk: Buffer): void {
      held = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
      if (!waiting) answerHeld();
    }

    function answerHeld(): void {
      while (held.length > 0) {
        // A client that asks and doesn't read waits for itself.
        if (socket.writableLength > MOST_UNSENT) {
          socket.pause();
          return;
        }
        const end = held.indexOf(HEAD_END);
        if (end < 0 && held.length < LONGEST_HEAD && held[0] === GET) {
          deadline ??= setTimeout(drop, server.headersTimeout);
          return;
        }
        clearTimeout(deadline);
        deadline = undefined;
        const lineEnd = held.indexOf(LINE_END);
        const line = end < 0 || end > LONGEST_HEAD ? null : LINE.exec(held.toString('latin1', 0, lineEnd));
        if (line) fields = sameFields(fields, held.subarray(lineEnd, end + LINE_END.length));
        const reply = line?.[1] !== undefined && fields?.simple ? answer({ url: line[1], field: fields.field }) : undefined;
        if (!reply) {
          handOver();
          return;
        }
        const length = end + HEAD_END.length;
        if (reply instanceof Promise) {
          waiting = true;
          socket.pause();
          const found = (later: QuickReply | undefined) => answerLater(later, length);
          reply.then(found, () => found(undefined));
          return;
        }
        write(reply, length);
      }
      held = NOTHING;
    }

    function write({ wire, sent }: QuickReply, length: number): void {
      if (!started) socket.setTimeout(IDLE);
      started = true;
      held = held.subarray(length);
      socket.write(wire, sent);
    }

    function answerLater(reply: QuickReply | undefined, length: number): void {
      waiting = false;
      if (!sockets.has(socket)) {
        reply?.sent?.();
        return;
      }
      if (!reply) {
        handOver();
        return;
      }
      write(reply, length);
      if (closing) {
        socket.destroySoon();
        return;
      }
      drained();
    }

    function drained(): void {
      if (!waiting) answerHeld();
      if (!waiting && sockets.has(socket) && socket.writableLength <= MOST_UNSENT) socket.resume();
    }

    const listening = [
      ['data', take],
      ['drain', drained],
      ['end', ended],
      ['timeout', drop],
      ['error', drop],
      ['close', closed],
    ] as const;
    socket.setNoDelay(true);
    socket.setTimeout(server.headersTimeout);
    for (const [name, listener] of listening) socket.on(name, listener);
  });
  return {
    closeAll: () => {
      closing = true;
      for (const [socket, isWaiting] of sockets) if (!isWaiting()) socket.destroySoon();
    },
  };
}

/** "G" */
const GET = 0x47;

/** The fields of a request, from the end of its line on. */
type Fields = {
  readonly bytes: Buffer;
  /** Whether nothing in them makes more of the request than its line says. */
  readonly simple: boolean;
  readonly field: QuickRequest['field'];
};

/** What was read of fields, by their text: clients say the same again and again, but for a tag or two. */
const readBefore = new Map<string, Fields>();
const READ_BEFORE = 2000;
const LONGEST_KEPT = 1000;

/** A client says the same with every request: what was read of it once holds for all that are alike byte by byte. */
function sameFields(before: Fields | undefined, bytes: Buffer): Fields {
  if (before && bytes.equals(before.bytes)) return before;
  const text = bytes.toString('latin1');
  const known = readBefore.get(text);
  if (known) return known;
  const fields = readFields(text, bytes);
  if (text.length > LONGEST_KEPT) return fields;
  // A crowd of clients that say something else each time is no reason to keep all of it.
  if (readBefore.size >= READ_BEFORE) readBefore.clear();
  readBefore.set(text, fields);
  return fields;
}

function readFields(text: string, bytes: Buffer): Fields {
  const read = new Map<keyof typeof FIELDS, string | undefined>();
  return {
    bytes: Buffer.from(bytes),
    simple: !MORE.test(text) && HOST.test(text),
    field: (name) => {
      if (!read.has(name)) read.set(name, FIELDS[name].exec(text)?.[1]?.trim());
      return read.get(name);
    },
  };
}
