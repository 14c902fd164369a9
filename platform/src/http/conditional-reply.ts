import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problem.ts';

/** Whether the client has it already (RFC 9110, 13.1.2 and 13.1.3): by its tag, compared weakly, or else by its time, in seconds. */
export function isUnchanged(asked: string | undefined, since: string | undefined, etag: string, modified?: Date): boolean {
  if (asked !== undefined) {
    if (asked === etag) return true;
    const known = asked.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return known.includes('*') || known.includes(etag);
  }
  return since !== undefined && modified !== undefined && Math.floor(modified.getTime() / 1000) * 1000 <= Date.parse(since);
}

/** Sets a strong ETag; true when the client has it already and a 304 was sent. */
export function notModified(request: FastifyRequest, reply: FastifyReply, etag: string, modified?: Date): boolean {
  reply.header('etag', etag);
  if (!isUnchanged(request.headers['if-none-match'], request.headers['if-modified-since'], etag, modified)) return false;
  void reply.code(304).send();
  return true;
}

/**
 * Whether a change was made to what its maker has seen (RFC 9110, 13.1.1 and 13.1.2): `If-Match` with its tag, compared strongly. What is not there yet needs none.
 *
 * @param etag of what is there; undefined where nothing is
 * @throws Problem `precondition-failed`, `precondition-required`
 */
export function demandMatch(request: FastifyRequest, etag: string | undefined): void {
  const listed = (field: string | undefined) => field?.split(',').map((tag) => tag.trim());
  const match = listed(request.headers['if-match']);
  const none = listed(request.headers['if-none-match']);
  if (match && (etag === undefined || !(match.includes('*') || match.includes(etag)))) throw new Problem('precondition-failed');
  if (none && etag !== undefined && (none.includes('*') || none.includes(etag))) throw new Problem('precondition-failed');
  // RFC 6585, 3: who has read nothing must not overwrite what another wrote.
  if (!match && etag !== undefined) throw new Problem('precondition-required');
}
