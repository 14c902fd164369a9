import { Readable } from 'node:stream';
import type { AccessTable } from '@vitrine/access/access-table.ts';
import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { plainText } from '@vitrine/mapping/plain-text.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { objectPdf } from '../pdf/object-pdf.ts';
import { type PagePicture, pagePicture } from '../pdf/page-picture.ts';
import type { ReadManifest } from '../read-manifest.ts';
import type { ImageFacts, Stores } from '../stores.ts';

/** Raised when the same manifest would give another PDF. */
const VERSION = 1;
/** PDFs that are made at once: each decodes a page at a time. */
const AT_ONCE = 2;
/** Milliseconds after which it makes sense to ask again. */
const AGAIN = 5000;
/** Milliseconds after which a client that takes nothing gives its place to others. */
const STALLED = 30_000;
/** Characters of a statement that a reader of PDFs shows. */
const MOST_SUBJECT = 1000;
/** What a body's address says of our images. */
const OURS = /\/iiif\/image\/[23]\/([a-z0-9._-]+)~[0-9a-f]+(?:\/|$)/;

type Deps = { access: AccessTable; stores: Pick<Stores, 'images'>; blobs: Blobs; readManifest: ReadManifest };

/** The images of an object as a PDF: what each canvas shows first, of choices the default. */
export function pdfRoute({ access, stores: { images }, blobs, readManifest }: Deps): ServiceRoute {
  let underWay = 0;

  async function* pictures(facts: readonly ImageFacts[]): AsyncGenerator<PagePicture | undefined> {
    for (const one of facts) yield await pagePicture(blobs, one);
  }

  async function* made(manifest: JsonNode, facts: readonly ImageFacts[]): AsyncGenerator<Buffer> {
    // One that nobody begins to read never ends either.
    underWay++;
    try {
      yield* objectPdf(describe(manifest), pictures(facts));
    } finally {
      underWay--;
    }
  }

  return {
    method: 'GET',
    path: '/iiif/presentation/rendering/:object/images.pdf',
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const { sha256: checksum, bytes } = await readManifest(object);
      const manifest: unknown = JSON.parse(String(await bytes()));
      const ids = isNode(manifest) ? nodes(manifest['items']).flatMap((canvas) => imageOf(canvas) ?? []) : [];
      const facts = (await images.getMany(ids)).flatMap((one) => (one?.pixels ? [one] : []));
      if (!isNode(manifest) || facts.length === 0) throw new Problem('not-found', { detail: `${object} has no image of ours` });
      reply
        .header('cache-control', access.cacheControl('public, max-age=60'))
        .header('content-disposition', `inline; filename="${object}.pdf"`);
      // Pixels may be newer than the manifest that shows them.
      const madeOf = [checksum, ...facts.map(({ pixels }) => pixels?.derivative.sha256 ?? '')].join(' ');
      if (notModified(request, reply, `"${sha256(Buffer.from(madeOf)).slice(0, 32)}-pdf${VERSION}"`)) return reply;
      // RFC 9110, 8.6: no length that a GET would not have.
      if (request.method === 'HEAD') return reply.type('application/pdf').send(Readable.from([]));
      if (underWay >= AT_ONCE) throw new Problem('too-many-requests', { retryAfter: AGAIN, detail: `${underWay} PDFs are being made` });
      reply.raw.setTimeout(STALLED, () => reply.raw.destroy());
      return reply.type('application/pdf').send(Readable.from(made(manifest, facts)));
    },
  };
}

/** The image of ours that a canvas shows first. */
function imageOf(canvas: JsonNode): string | undefined {
  const [annotation] = nodes(canvas['items']).flatMap((page) => nodes(page['items']));
  const [body] = nodes(annotation?.['body']);
  const first = body?.['type'] === 'Choice' ? nodes(body['items'])[0] : body;
  return OURS.exec(text(first?.['id']) ?? '')?.[1];
}

/** What a reader shows of a PDF: what it is, and what must be said of it. */
function describe(manifest: JsonNode) {
  const first = (map: unknown): string | undefined => {
    const values = isNode(map) ? (map['en'] ?? Object.values(map)[0]) : undefined;
    return Array.isArray(values) ? values.map(String).join(', ') : undefined;
  };
  const [statement] = nodes(manifest['requiredStatement']);
  const said = first(statement?.['value']);
  const subject = [said && plainText(said).slice(0, MOST_SUBJECT), text(manifest['rights'])].filter((part) => part !== undefined);
  return { title: first(manifest['label']) ?? '', subject: subject.length > 0 ? subject.join('. ') : undefined };
}
