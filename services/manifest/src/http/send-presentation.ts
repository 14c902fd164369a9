import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Body } from '../compressed-body.ts';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import { PRESENTATION_2 } from '../domain/presentation-2/downgrade-presentation.ts';
import type { Encoding } from './accepted-encoding.ts';
import { type PresentationVersion, wantsPlainJson } from './negotiate-version.ts';
import { made, sendDocument } from './send-document.ts';

const CONTEXTS: Readonly<Record<PresentationVersion, string>> = { 2: PRESENTATION_2, 3: PRESENTATION_3 };

type Answer = {
  /** Of what was published. With version and form it makes the ETag. */
  readonly tag: string;
  readonly version: PresentationVersion;
  readonly cacheControl: string;
  readonly body: (encoding: Encoding) => Promise<Body>;
  readonly sent?: Parameters<typeof sendDocument>[2]['sent'];
};

/** Presentation API 3.0, 6.1 and 6.2: JSON-LD with its profile, and plain JSON for those who ask for nothing else. */
export function sendPresentation(request: FastifyRequest, reply: FastifyReply, { tag, version, cacheControl, body, sent }: Answer) {
  const plain = wantsPlainJson(request.headers.accept);
  return sendDocument(request, reply, {
    tag: `${tag}-${version}${plain ? 'j' : ''}`,
    type: plain ? 'application/json' : `application/ld+json;profile="${CONTEXTS[version]}"`,
    vary: 'Accept, Accept-Encoding',
    cacheControl,
    body,
    ...(sent ? { sent } : {}),
  });
}

/** The same for what is made for each request. */
export function sendMade(
  request: FastifyRequest,
  reply: FastifyReply,
  document: unknown,
  version: PresentationVersion,
  cacheControl: string,
) {
  return sendPresentation(request, reply, { ...made(document), version, cacheControl });
}
