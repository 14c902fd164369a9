import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { demandPublished } from '../demand-published.ts';
import { addresses } from '../domain/addresses.ts';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import { manifestBytes } from '../read-manifest.ts';
import { type Stores, versionKey } from '../stores.ts';

type Deps = { access: AccessTable; stores: Pick<Stores, 'publications' | 'versions'>; blobs: Blobs; publicUrl: string };

/** What was published from some time on. */
type Version = { readonly revision: number; readonly at: number; readonly sha256?: string };

/** Versions named in one answer. */
const MOST = 1000;

/** A manifest as it was at earlier times (RFC 7089: a URI-M for each, with its datetime). Of what is withdrawn now nothing earlier is shown. */
export function versionRoutes({ access, stores, blobs, publicUrl }: Deps): readonly ServiceRoute[] {
  const place = (object: string, revision: number) => `${publicUrl}/api/v1/objects/${object}/versions/${revision}`;

  /** The oldest first, the one of now last. @throws Problem `object-not-found`, `object-withdrawn` */
  async function versionsOf(object: string): Promise<readonly Version[]> {
    const publication = await demandPublished(stores, object);
    const before: Version[] = [];
    for await (const { id, value } of stores.versions.all({ prefix: `${object}:` })) {
      const revision = Number(id.slice(object.length + 1));
      // One that was to be replaced, and was not yet.
      if (revision < publication.revision) before.push({ revision, ...value });
    }
    return [...before, { revision: publication.revision, at: publication.at ?? 0, sha256: publication.sha256 }];
  }

  /** @throws Problem `object-not-found`, `object-withdrawn` */
  async function versionOf(object: string, revision: string): Promise<Omit<Version, 'revision'> | undefined> {
    const { revision: newest, at = 0, sha256 } = await demandPublished(stores, object);
    const wanted = /^[1-9]\d{0,11}$/.test(revision) ? Number(revision) : Number.NaN;
    if (wanted === newest) return { at, sha256 };
    return wanted < newest ? stores.versions.get(versionKey(object, wanted)) : undefined;
  }

  const view = (object: string, { revision, at, sha256 }: Version, next: Version | undefined) => ({
    revision,
    state: sha256 === undefined ? 'withdrawn' : 'published',
    ...(at === 0 ? {} : { from: new Date(at).toISOString() }),
    ...(next ? { until: new Date(next.at).toISOString() } : {}),
    ...(sha256 === undefined ? {} : { manifest: place(object, revision) }),
  });

  return [
    {
      method: 'GET',
      path: '/api/v1/objects/:object/versions',
      handle: async (request, reply) => {
        const object = pathParameter(request, 'object');
        await access.demand(object);
        const all = await versionsOf(object);
        reply.header('cache-control', access.cacheControl('public, max-age=10'));
        const at = queryParameter(request, 'at');
        if (at === undefined)
          return {
            object,
            versions: all
              .map((one, n) => view(object, one, all[n + 1]))
              .toReversed()
              .slice(0, MOST),
          };
        const time = Date.parse(at);
        if (Number.isNaN(time)) throw new Problem('request-invalid', { detail: `at=${at.slice(0, 50)} is no time` });
        const found = all.findLast((one) => one.at <= time);
        if (found?.sha256 === undefined)
          throw new Problem('version-not-found', { detail: `${object} was not published at ${at.slice(0, 50)}` });
        return reply.redirect(place(object, found.revision), 303);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/objects/:object/versions/:revision',
      handle: async (request, reply) => {
        const object = pathParameter(request, 'object');
        await access.demand(object);
        const revision = pathParameter(request, 'revision');
        const found = await versionOf(object, revision);
        if (found?.sha256 === undefined) throw new Problem('version-not-found', { detail: `${object}, ${revision.slice(0, 20)}` });
        reply
          .header('cache-control', access.cacheControl('public, max-age=3600'))
          .header('link', `<${addresses(publicUrl).manifest(object)}>; rel="original"`);
        if (found.at !== 0) reply.header('memento-datetime', new Date(found.at).toUTCString());
        if (notModified(request, reply, `"${found.sha256.slice(0, 32)}"`)) return reply;
        return reply.type(`application/ld+json;profile="${PRESENTATION_3}"`).send(await manifestBytes(blobs, found.sha256));
      },
    },
  ];
}
