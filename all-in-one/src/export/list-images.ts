import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { listObjects } from './list-objects.ts';
import type { Server } from './read-server.ts';

const SERVICE = /\/iiif\/image\/3\/([a-z0-9][a-z0-9._-]*)~([0-9a-f]+)$/;

/** An image that the public may see, at the version that its manifest shows. */
export type ListedImage = { readonly image: string; readonly version: string };

/** The images of all published objects, or of those named, by their manifests. @throws Problem `export-failed` */
export async function* listImages(server: Server, objects: readonly string[]): AsyncGenerator<ListedImage> {
  const seen = new Set<string>();
  for await (const object of objects.length > 0 ? objects : allObjects(server)) {
    const manifest = await server.json(`/iiif/presentation/3/manifests/${encodeURIComponent(object)}`, Type.Unknown());
    if (manifest === undefined && objects.length > 0) throw new Problem('export-failed', { detail: `${object} is not published` });
    for (const id of serviceIds(manifest)) {
      const [, image, version] = SERVICE.exec(id) ?? [];
      if (image === undefined || version === undefined || seen.has(image)) continue;
      seen.add(image);
      yield { image, version };
    }
  }
}

async function* allObjects(server: Server): AsyncGenerator<string> {
  for await (const { id } of listObjects(server)) yield id;
}

/** The identifiers of all image services in a manifest (Presentation API 3.0, 4.1: `service`), in its order. */
function* serviceIds(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const item of node) yield* serviceIds(item);
  else if (typeof node === 'object' && node !== null) {
    if (Reflect.get(node, 'type') === 'ImageService3') yield String(Reflect.get(node, 'id'));
    for (const value of Object.values(node)) yield* serviceIds(value);
  }
}
