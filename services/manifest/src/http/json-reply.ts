import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PRESENTATION_3 } from '../domain/build-manifest.ts';

/** Presentation API 3.0, 6.2: JSON-LD with its profile, and plain JSON for those who ask for nothing else. */
export function sendPresentation(request: FastifyRequest, reply: FastifyReply, bytes: Buffer, hash: string, cacheControl: string) {
  const accept = request.headers.accept ?? '';
  const plain = accept.includes('application/json') && !accept.includes('application/ld+json');
  reply.header('cache-control', cacheControl).header('vary', 'Accept');
  if (notModified(request, reply, `"${hash.slice(0, 32)}${plain ? 'j' : ''}"`)) return reply;
  return reply.type(plain ? 'application/json' : `application/ld+json;profile="${PRESENTATION_3}"`).send(bytes);
}
