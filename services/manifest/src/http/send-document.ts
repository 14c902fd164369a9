import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Body, compressed, isWorthCompressing } from '../compressed-body.ts';
import { acceptedEncoding, type Encoding } from './accepted-encoding.ts';

/** A document, before it is known in which encoding it goes out. */
export type Answer = {
  /** Names the bytes but for their encoding: a client that has them costs nothing. */
  readonly tag: string;
  readonly type: string;
  readonly cacheControl: string;
  readonly vary: string;
  readonly body: (encoding: Encoding) => Promise<Body>;
};

/** A strong ETag names the bytes (RFC 9110, 8.8.1), so each encoding has its own. */
const etagOf = (tag: string, encoding: Encoding): string => `"${tag}${encoding === 'identity' ? '' : `-${encoding}`}"`;

/** A document in the encoding that the client takes. */
export async function sendDocument(request: FastifyRequest, reply: FastifyReply, answer: Answer) {
  const { tag, cacheControl, vary } = answer;
  reply.header('cache-control', cacheControl).header('vary', vary);
  if (notModified(request, reply, etagOf(tag, acceptedEncoding(request.headers['accept-encoding'])))) return reply;
  const { headers, bytes } = await wholeDocument(answer, request.headers['accept-encoding']);
  return reply.headers(headers).send(bytes);
}

/** The same, with all of its headers. */
export async function wholeDocument({ tag, type, cacheControl, vary, body }: Answer, accepted: string | string[] | undefined) {
  const encoding = acceptedEncoding(accepted);
  const { bytes, encoding: used } = await body(encoding);
  const headers = {
    'cache-control': cacheControl,
    vary,
    etag: etagOf(tag, encoding),
    ...(used === 'identity' ? {} : { 'content-encoding': used }),
    'content-type': type,
  };
  return { headers, bytes };
}

/** What is made for a request: its tag, and its body. */
export function made(document: unknown): Pick<Answer, 'tag' | 'body'> {
  const bytes = Buffer.from(JSON.stringify(document));
  return {
    tag: sha256(bytes).slice(0, 32),
    body: async (encoding) =>
      encoding === 'identity' || !isWorthCompressing(bytes)
        ? { bytes, encoding: 'identity' }
        : { bytes: await compressed(bytes, encoding), encoding },
  };
}
