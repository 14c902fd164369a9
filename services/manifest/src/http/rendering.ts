import { Readable } from 'node:stream';
import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { pageFileParts } from '@vitrine/contracts/page-file.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { demandPublished } from '../demand-published.ts';
import type { Stores } from '../stores.ts';

/** A page as the release before wrote it. */
const FormerPage = Type.Object({ text: Type.String() });
/** Between two pages, as printers and text tools know it. */
const NEXT_PAGE = '\n\f';

function textOf(bytes: Buffer): string {
  const parts = pageFileParts(bytes);
  if (parts) return parts.text;
  const former: unknown = JSON.parse(String(bytes));
  return Check(FormerPage, former) ? former.text : '';
}

type Deps = { access: AccessTable; stores: Pick<Stores, 'publications' | 'texts'>; blobs: Blobs };

/** The words of an object as plain text, a page after the other. */
export function renderingRoutes({ access, stores, blobs }: Deps): readonly ServiceRoute[] {
  async function* words(pages: readonly BlobRef[]) {
    let isFirst = true;
    for (const { key } of pages) {
      yield `${isFirst ? '' : NEXT_PAGE}${textOf(await blobs.read(key))}`;
      isFirst = false;
    }
    yield '\n';
  }

  return [
    {
      method: 'GET',
      path: '/iiif/presentation/rendering/:object/text.txt',
      handle: async (request, reply) => {
        const object = pathParameter(request, 'object');
        await access.demand(object);
        const { images } = await demandPublished(stores, object);
        const pages = (await stores.texts.getMany(images)).flatMap((text) => text?.page ?? []);
        if (pages.length === 0) throw new Problem('not-found', { detail: `${object} has no text` });
        reply
          .header('cache-control', access.cacheControl('public, max-age=60'))
          .header('content-disposition', `inline; filename="${object}.txt"`);
        const etag = `"${sha256(Buffer.from(pages.map((page) => page.sha256).join(' '))).slice(0, 32)}"`;
        if (notModified(request, reply, etag)) return reply;
        return reply.type('text/plain; charset=utf-8').send(Readable.from(words(pages)));
      },
    },
  ];
}
