import type { AccessTable } from '@vitrine/access/access-table.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { quickHead } from '@vitrine/platform/http/quick-head.ts';
import { LRUCache } from 'lru-cache';
import { SHORT } from './domain/image-head.ts';
import { IMAGE_CONTEXT, imageInfo2, imageInfo3, LEVEL_2 } from './domain/image-info.ts';
import type { ApiVersion } from './domain/image-request.ts';
import type { Limits } from './domain/limits.ts';
import type { Derivative } from './stores.ts';

type InfoDocument = {
  readonly headers: Readonly<Record<string, string>>;
  /** As it goes out; and where the client has it already. */
  readonly wire: Buffer;
  readonly unchanged: Buffer;
  readonly etag: string;
  readonly body: Buffer;
};

export type InfoDocuments = {
  /** The `info.json` of an image under the identifier by which it was asked for. */
  of(api: ApiVersion, identifier: string, derivative: Derivative, accept: string | undefined): InfoDocument;
};

const KEPT = 2000;

type InfoDocumentsOptions = { access: AccessTable; publicUrl: string; limits: Limits };

/** `info.json` as bytes with its headers; what was asked for last is kept. */
export function infoDocuments({ access, publicUrl, limits }: InfoDocumentsOptions): InfoDocuments {
  const kept = new LRUCache<string, { readonly derivative: Derivative; readonly document: InfoDocument }>({ max: KEPT });

  function make(api: ApiVersion, identifier: string, derivative: Derivative, ldJson: boolean): InfoDocument {
    const id = `${publicUrl}/iiif/image/${api}/${identifier}`;
    const facts = { derivative, limits };
    const body = Buffer.from(JSON.stringify(api === 3 ? imageInfo3(id, facts) : imageInfo2(id, facts)));
    const etag = `"${sha256(body).slice(0, 32)}${ldJson ? 'l' : ''}"`;
    const profile = `<${LEVEL_2[api]}>;rel="profile"`;
    const context = `<${IMAGE_CONTEXT[api]}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"`;
    const headers = {
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'cache-control': access.cacheControl(SHORT),
      vary: 'Accept',
      // Plain JSON says by a link what it means (JSON-LD 1.1, 6.1).
      link: ldJson ? profile : `${profile}, ${context}`,
      etag,
      'content-type': ldJson ? ldJsonType(api) : 'application/json',
    };
    const wire = Buffer.concat([Buffer.from(quickHead(200, headers, body.length)), body]);
    return { headers, etag, body, wire, unchanged: Buffer.from(quickHead(304, headers)) };
  }

  return {
    of: (api, identifier, derivative, accept) => {
      const ldJson = wantsLdJson(api, accept);
      const name = `${api} ${identifier} ${ldJson}`;
      const found = kept.get(name);
      if (found?.derivative === derivative) return found.document;
      const document = make(api, identifier, derivative, ldJson);
      kept.set(name, { derivative, document });
      return document;
    },
  };
}

/** 3.0, 5.1: JSON-LD unless plain JSON alone is asked for. 2.1.1, 5: JSON unless JSON-LD is asked for. */
function wantsLdJson(api: ApiVersion, accept = ''): boolean {
  if (accept.includes('application/ld+json')) return true;
  return api === 3 && !accept.includes('application/json');
}

function ldJsonType(api: ApiVersion): string {
  return api === 3 ? `application/ld+json;profile="${IMAGE_CONTEXT[3]}"` : 'application/ld+json';
}
