import type { FastifyReply, FastifyRequest } from 'fastify';

/** Sets a strong ETag; true when the client has it already and a 304 was sent (RFC 9110, 13.1.2: weak comparison). */
export function notModified(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header('etag', etag);
  const asked = request.headers['if-none-match'];
  if (asked === undefined) return false;
  const known = asked.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!known.includes('*') && !known.includes(etag)) return false;
  void reply.code(304).send();
  return true;
}
