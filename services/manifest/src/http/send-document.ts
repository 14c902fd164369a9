import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Body, compressed, isWorthCompressing } from '../compressed-body.ts';
import { acceptedEncoding, type Encoding } from './accepted-encoding.ts';

type Answer = {
  /** Names the bytes but for their encoding: a client that has them costs nothing. */
  readonly tag: string;
  readonly type: string;
  readonly cacheControl: string;
  readonly vary: string;
  readonly body: (encoding: Encoding) => Promise<Body>;
  /** Told of what is sent, whole. */
  readonly sent?: (headers: Readonly<Record<string, string>> & { readonly etag: string }, bytes: Buffer) => void;
};

/** A document in the encoding that the client takes. A strong ETag names the bytes (RFC 9110, 8.8.1), so each encoding has its own. */
export async function sendDocument(request: FastifyRequest, reply: FastifyReply, { tag, type, cacheControl, vary, body, sent }: Answer) {
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  reply.header('cache-control', cacheControl).header('vary', vary);
  const etag = `"${tag}${encoding === 'identity' ? '' : `-${encoding}`}"`;
  if (notModified(request, reply, etag)) return reply;
  const { bytes, encoding: used } = await body(encoding);
  const named = used === 'identity' ? {} : { 'content-encoding': used };
  sent?.({ 'cache-control': cacheControl, vary, etag, ...named, 'content-type': type }, bytes);
  if (used !== 'identity') reply.header('content-encoding', used);
  return reply.type(type).send(bytes);
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
