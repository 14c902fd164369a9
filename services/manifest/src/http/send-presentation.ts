import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import { PRESENTATION_2 } from '../domain/presentation-2/downgrade-presentation.ts';
import type { Representation } from '../representations.ts';
import { acceptedEncoding, type Encoding } from './accepted-encoding.ts';
import { type PresentationVersion, wantsPlainJson } from './negotiate-version.ts';

const CONTEXTS: Readonly<Record<PresentationVersion, string>> = { 2: PRESENTATION_2, 3: PRESENTATION_3 };

type Answer = {
  /** Of what was published. With version, form and encoding it makes the ETag, so a client that has it costs nothing. */
  readonly hash: string;
  readonly version: PresentationVersion;
  readonly cacheControl: string;
  readonly body: (encoding: Encoding) => Promise<Representation>;
};

/** Presentation API 3.0, 6.1 and 6.2: JSON-LD with its profile, compressed, and plain JSON for those who ask for nothing else. */
export async function sendPresentation(request: FastifyRequest, reply: FastifyReply, { hash, version, cacheControl, body }: Answer) {
  const plain = wantsPlainJson(request.headers.accept);
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  reply.header('cache-control', cacheControl).header('vary', 'Accept, Accept-Encoding');
  // A strong tag names the bytes (RFC 9110, 8.8.1): each version, form and encoding has its own.
  if (notModified(request, reply, `"${hash.slice(0, 32)}-${version}${plain ? 'j' : ''}${encoding === 'identity' ? '' : `-${encoding}`}"`))
    return reply;
  const { bytes, encoding: used } = await body(encoding);
  if (used !== 'identity') reply.header('content-encoding', used);
  return reply.type(plain ? 'application/json' : `application/ld+json;profile="${CONTEXTS[version]}"`).send(bytes);
}

/** The same for what is made for each request: small, and as it is. */
export function sendMade(
  request: FastifyRequest,
  reply: FastifyReply,
  document: unknown,
  version: PresentationVersion,
  cacheControl: string,
) {
  const bytes = Buffer.from(JSON.stringify(document));
  return sendPresentation(request, reply, {
    hash: sha256(bytes),
    version,
    cacheControl,
    body: async () => ({ bytes, encoding: 'identity' }),
  });
}
