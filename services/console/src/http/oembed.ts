import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Id } from '@vitrine/contracts/id.ts';
import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import { Check } from 'typebox/value';
import { html } from '../pages/html.ts';
import { labelText } from '../pages/label-text.ts';
import type { ReadPublished } from '../visible-objects.ts';

/** Pixels of a frame, where nobody says how large it may be; and the smallest in which a viewer can be used. */
const SIZE = { width: 800, height: 600 };
const SMALLEST = 200;

type Deps = { published: ReadPublished; access: AccessTable; publicUrl: string };

/** oEmbed 1.0: how another page shows an object, by the address of its page or of its manifest. */
export function oembedRoute({ published, access, publicUrl }: Deps): ServiceRoute {
  return {
    method: 'GET',
    path: '/oembed',
    handle: async (request, reply) => {
      const id = objectAt(queryParameter(request, 'url') ?? '', publicUrl);
      if (id === undefined) throw new Problem('not-found', { detail: 'url is the address of no object here' });
      const format = queryParameter(request, 'format') ?? 'json';
      if (format !== 'json' && format !== 'xml')
        throw new Problem('request-invalid', { detail: `format=${format.slice(0, 20)}: json or xml` });
      const [width, height] = [sizeOf(request, 'maxwidth', SIZE.width), sizeOf(request, 'maxheight', SIZE.height)];
      const { label, thumbnail } = await published(id);
      const { text: title } = labelText(label);
      const frame = html`<iframe src="${publicUrl}/objects/${id}/embed" width="${width}" height="${height}" title="${title}" style="border:0" allowfullscreen></iframe>`;
      const said = {
        version: '1.0',
        type: 'rich',
        title,
        provider_name: 'Vitrine',
        provider_url: `${publicUrl}/`,
        width,
        height,
        html: frame.text,
        ...thumbnailOf(thumbnail),
      };
      reply.header('cache-control', access.cacheControl('public, max-age=3600'));
      if (format === 'json') return reply.type('application/json; charset=utf-8').send(JSON.stringify(said));
      // Control characters have no place in XML 1.0 (2.2).
      const elements = Object.entries(said).map(([name, value]) => html`<${name}>${withoutControls(String(value))}</${name}>`);
      return reply
        .type('text/xml; charset=utf-8')
        .send(html`<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>${elements}</oembed>\n`.text);
    },
  };
}

/** The object whose page or manifest is at an address of ours. */
function objectAt(address: string, publicUrl: string): string | undefined {
  if (!address.startsWith(`${publicUrl}/`)) return undefined;
  const path = address.slice(publicUrl.length).replace(/[?#].*$/, '');
  const [, id] = /^\/(?:objects|iiif\/presentation\/(?:[23]\/)?manifests)\/([^/]+)(?:\/embed)?\/?$/.exec(path) ?? [];
  return Check(Id, id) ? id : undefined;
}

/** @throws Problem `request-invalid` */
function sizeOf(request: FastifyRequest, name: string, otherwise: number): number {
  const given = queryParameter(request, name);
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(given))
    throw new Problem('request-invalid', { detail: `${name}=${given.slice(0, 20)} is no number of pixels` });
  // 2.3.4.4: a consumer "may choose not to show" what is larger than it asked for; one in which nothing can be seen helps nobody.
  return Math.max(SMALLEST, Math.min(otherwise, Number(given)));
}

const withoutControls = (words: string): string => words.replace(/\p{Cc}/gu, ' ');

/** A thumbnail says its size in its address, which oEmbed wants with it. */
function thumbnailOf(thumbnail: string | undefined) {
  const [, width, height] = /\/full\/!?(\d+),(\d+)\//.exec(thumbnail ?? '') ?? [];
  return width === undefined || height === undefined
    ? {}
    : { thumbnail_url: thumbnail, thumbnail_width: Number(width), thumbnail_height: Number(height) };
}
