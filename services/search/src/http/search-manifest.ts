import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { TextIndex, TextMatch } from '@vitrine/platform/text-index/port.ts';
import { type CanvasMatch, hitsOf } from '../domain/content-search/hits.ts';
import type { ResultPage } from '../domain/content-search/result-page.ts';
import { searchPage1 } from '../domain/content-search/search-1.ts';
import { SEARCH_2, searchPage2 } from '../domain/content-search/search-2.ts';
import { searchQuery } from '../domain/content-search/search-query.ts';
import { unpackPage } from '../domain/page/pack-page.ts';
import type { Stores } from '../stores.ts';

/** Parameters that the specifications define and this service does not do (Content Search 2.0, 4.2.4; 1.0, 3.4.1). */
const IGNORED = ['motivation', 'date', 'user'];

type Version = {
  readonly number: 1 | 2;
  readonly canvases: number;
  readonly mediaType: string;
  readonly write: (page: ResultPage) => object;
};

/** Of 1.0 the viewers that speak it fetch every page before they show one: pages are larger there. */
const VERSIONS: readonly Version[] = [
  { number: 2, canvases: 100, mediaType: `application/ld+json;profile="${SEARCH_2}"`, write: searchPage2 },
  { number: 1, canvases: 500, mediaType: 'application/ld+json', write: searchPage1 },
];

type Deps = { stores: Stores; access: AccessTable; textIndex: TextIndex; blobs: Blobs; publicUrl: string };

/** Content Search within one manifest: 2.0, and 1.0 made of the same. */
export function searchManifestRoutes({ stores, access, textIndex, blobs, publicUrl }: Deps): readonly ServiceRoute[] {
  async function canvasMatch({ id: image, spans }: TextMatch): Promise<CanvasMatch | undefined> {
    const [entry, canvas] = await Promise.all([stores.indexed.get(image), stores.canvases.get(image)]);
    if (!entry || !canvas?.shown) return undefined;
    return { image, shownOn: entry.canvas ?? image, page: unpackPage(await blobs.read(entry.page.key)), spans, canvas };
  }

  return VERSIONS.map(({ number, canvases, mediaType, write }) => ({
    method: 'GET',
    path: `/iiif/search/${number}/manifests/:object`,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const known = await stores.objects.get(object);
      if (!known) throw new Problem('object-not-found', { detail: object });
      if (known.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
      const q = queryParameter(request, 'q') ?? '';
      const asked = Number(queryParameter(request, 'after') ?? Number.NaN);
      const after = Number.isInteger(asked) ? asked : undefined;
      const clauses = searchQuery(q);
      const found =
        clauses.length === 0
          ? { matches: [] }
          : await textIndex.search({ group: object, clauses, limit: canvases, ...(after === undefined ? {} : { after }) });
      const matches = (await Promise.all(found.matches.map(canvasMatch))).filter((match) => match !== undefined);

      const base = `${publicUrl}/iiif/search/${number}/manifests/${object}`;
      const address = (from?: number) => `${base}?${new URLSearchParams({ q, ...(from === undefined ? {} : { after: String(from) }) })}`;
      const page = write({
        id: address(after),
        first: address(),
        next: found.next === undefined ? undefined : address(found.next),
        ignored: IGNORED.filter((name) => queryParameter(request, name) !== undefined),
        hits: hitsOf(publicUrl, object, matches),
      });
      return reply.header('cache-control', access.cacheControl('public, max-age=60')).type(mediaType).send(JSON.stringify(page));
    },
  }));
}
