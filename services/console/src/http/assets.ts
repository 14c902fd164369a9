import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';

const own = (name: string) => new URL(`../assets/${name}`, import.meta.url);

/** The files that pages may ask for, by name: no path of a request ever reaches the disk. */
const assets: Readonly<Record<string, { type: string; file: () => URL | string }>> = {
  'style.css': { type: 'text/css; charset=utf-8', file: () => own('style.css') },
  'viewer.js': { type: 'text/javascript; charset=utf-8', file: () => own('viewer.js') },
  'openseadragon.js': {
    type: 'text/javascript; charset=utf-8',
    file: () => createRequire(import.meta.url).resolve('openseadragon/build/openseadragon/openseadragon.min.js'),
  },
};

export const assetRoute: ServiceRoute = {
  method: 'GET',
  path: '/assets/:file',
  handle: async (request, reply) => {
    const name = pathParameter(request, 'file');
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (!asset) throw new Problem('not-found');
    const bytes = await readFile(asset.file());
    reply.header('cache-control', 'public, max-age=300');
    if (notModified(request, reply, `"${sha256(bytes).slice(0, 32)}"`)) return reply;
    return reply.type(asset.type).send(bytes);
  },
};
