import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { TextIndex, TextMatch } from '@vitrine/platform/text-index/port.ts';
import { Parse } from 'typebox/value';
import { pageTextFrom, StoredPageText } from '../domain/page-text.ts';
import { type CanvasMatch, SEARCH_2, searchPage } from '../domain/search-page.ts';
import { searchQuery } from '../domain/search-query.ts';
import type { Stores } from '../stores.ts';

const CANVASES = 100;
/** Parameters that the specification defines and this service does not do (Content Search 2.0, 4.2.4). */
const IGNORED = ['motivation', 'date', 'user'];

type Deps = { stores: Stores; access: AccessTable; textIndex: TextIndex; blobs: Blobs; publicUrl: string };

/** Content Search 2.0 within one manifest. */
export function searchManifestRoute({ stores, access, textIndex, blobs, publicUrl }: Deps): ServiceRoute {
  async function canvasMatch({ id: image, spans }: TextMatch): Promise<CanvasMatch | undefined> {
    const [entry, canvas] = await Promise.all([stores.indexed.get(image), stores.canvases.get(image)]);
    if (!entry || !canvas?.shown) return undefined;
    const page = pageTextFrom(Parse(StoredPageText, JSON.parse(String(await blobs.read(entry.page.key)))));
    return { image, shownOn: entry.canvas ?? image, page, spans, canvas };
  }

  return {
    method: 'GET',
    path: '/iiif/search/2/manifests/:object',
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const known = await stores.objects.get(object);
      if (!known) throw new Problem('object-not-found', { detail: object });
      if (known.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
      const q = queryParameter(request, 'q') ?? '';
      const after = Number(queryParameter(request, 'after') ?? Number.NaN);
      const ignored = IGNORED.filter((name) => queryParameter(request, name) !== undefined);
      const clauses = searchQuery(q);
      const found =
        clauses.length === 0
          ? { matches: [] }
          : await textIndex.search({ group: object, clauses, limit: CANVASES, ...(Number.isInteger(after) ? { after } : {}) });
      const matches = (await Promise.all(found.matches.map(canvasMatch))).filter((match) => match !== undefined);

      const base = `${publicUrl}/iiif/search/2/manifests/${object}`;
      const address = (from?: number) => `${base}?${new URLSearchParams({ q, ...(from === undefined ? {} : { after: String(from) }) })}`;
      const page = searchPage({
        publicUrl,
        object,
        id: address(Number.isInteger(after) ? after : undefined),
        first: address(),
        next: found.next === undefined ? undefined : address(found.next),
        ignored,
        matches,
      });
      return reply
        .header('cache-control', access.cacheControl('public, max-age=60'))
        .type(`application/ld+json;profile="${SEARCH_2}"`)
        .send(JSON.stringify(page));
    },
  };
}
