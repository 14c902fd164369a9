import { isNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import Type from 'typebox';
import type { Say } from '../show-progress.ts';
import type { ExportTarget } from './export-target.ts';
import { listObjects } from './list-objects.ts';
import type { Server } from './read-server.ts';

const AT_ONCE = 8;
const TOLD_EVERY = 100;
const PRESENTATION = 'iiif/presentation';
/** A name in a path that we write: nothing that leads elsewhere. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/;

type ExportOptions = { readonly server: Server; readonly target: ExportTarget; readonly say: Say };

export type ExportedManifests = {
  manifests: number;
  collections: number;
  pages: number;
  written: number;
  unchanged: number;
  removed: number;
};

/**
 * Copies manifests in both versions, collections, and our stream to a place, each at its path below the public URL, so that a web server gives what the server gave. A file that is there as it should be is left alone;
 * one of an object that is published no more is removed, after all others are written.
 *
 * @throws Problem `export-failed`
 */
export async function exportManifests({ server, target, say }: ExportOptions): Promise<ExportedManifests> {
  await target.claim();
  const done: ExportedManifests = { manifests: 0, collections: 0, pages: 0, written: 0, unchanged: 0, removed: 0 };
  const kept = new Set<string>();

  async function keep(path: string, bytes: Buffer): Promise<void> {
    kept.add(path);
    if (await target.holds(path, bytes)) return void done.unchanged++;
    await target.write(path, bytes);
    done.written++;
  }

  async function copy(path: string): Promise<Buffer | undefined> {
    const bytes = await server.bytes(`/${path}`);
    if (bytes) await keep(path, bytes);
    return bytes;
  }

  async function collection(name: string, seen: Set<string>): Promise<void> {
    if (!NAME.test(name) || seen.has(name)) return;
    seen.add(name);
    const bytes = await copy(`${PRESENTATION}/3/collections/${name}`);
    if (!bytes) return;
    await copy(`${PRESENTATION}/2/collections/${name}`);
    done.collections++;
    const document: unknown = JSON.parse(String(bytes));
    for (const { type, id } of isNode(document) ? nodes(document['items']) : []) {
      const [, kind, member = ''] = /\/([a-z]+)\/([^/]+)$/.exec(String(id)) ?? [];
      if (type === 'Collection') await collection(member, seen);
      // What people chose is a manifest that no object lists.
      if (type === 'Manifest' && kind === 'custom' && NAME.test(member)) await chosen(member);
    }
  }

  async function chosen(name: string): Promise<void> {
    if (!(await copy(`${PRESENTATION}/3/custom/${name}`))) return;
    await copy(`${PRESENTATION}/2/custom/${name}`);
    done.manifests++;
  }

  async function stream(): Promise<void> {
    const all = await server.json('/iiif/activity/all-changes', Type.Object({ last: Type.Optional(Type.Object({ id: Type.String() })) }));
    const last = Number(/page-(\d+)$/.exec(text(all?.last?.id) ?? '')?.[1] ?? 0);
    for (let page = 1; page <= last; page++) if (await copy(`iiif/activity/page-${page}`)) done.pages++;
    // After the pages that it names.
    await copy('iiif/activity/all-changes');
  }

  const objects: { id: string; manifest2?: string }[] = [];
  for await (const object of listObjects(server)) objects.push(object);
  await eachBounded(objects, AT_ONCE, async ({ id, manifest2 }) => {
    if (!(await copy(`${PRESENTATION}/3/manifests/${id}`))) return;
    if (manifest2 !== undefined) await copy(`${PRESENTATION}/2/manifests/${id}`);
    done.manifests++;
    if (done.manifests % TOLD_EVERY === 0)
      say.progress(`${done.manifests} of ${objects.length} objects`, { ...done, listed: objects.length });
  });
  await collection('root', new Set());
  await stream();
  for (const path of await target.paths())
    if (!kept.has(path)) {
      await target.remove(path);
      done.removed++;
    }
  return done;
}
