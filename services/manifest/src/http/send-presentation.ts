import type { FastifyReply, FastifyRequest } from 'fastify';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import { PRESENTATION_2 } from '../domain/presentation-2/downgrade-presentation.ts';
import { type PresentationVersion, wantsPlainJson } from './negotiate-version.ts';
import { type Answer, made, sendDocument } from './send-document.ts';

const CONTEXTS: Readonly<Record<PresentationVersion, string>> = { 2: PRESENTATION_2, 3: PRESENTATION_3 };

/** A document of the Presentation API; its tag is of what was published, and makes the ETag with version and form. */
export type PresentationAnswer = Pick<Answer, 'tag' | 'cacheControl' | 'body'> & { readonly version: PresentationVersion };

/** Presentation API 3.0, 6.1 and 6.2: JSON-LD with its profile, and plain JSON for those who ask for nothing else. */
export function presentationAnswer({ tag, version, cacheControl, body }: PresentationAnswer, accept: string | undefined): Answer {
  const plain = wantsPlainJson(accept);
  return {
    tag: `${tag}-${version}${plain ? 'j' : ''}`,
    type: plain ? 'application/json' : `application/ld+json;profile="${CONTEXTS[version]}"`,
    vary: 'Accept, Accept-Encoding',
    cacheControl,
    body,
  };
}

/** What is made for each request. */
export function sendMade(
  request: FastifyRequest,
  reply: FastifyReply,
  document: unknown,
  version: PresentationVersion,
  cacheControl: string,
) {
  return sendDocument(request, reply, presentationAnswer({ ...made(document), version, cacheControl }, request.headers.accept));
}
