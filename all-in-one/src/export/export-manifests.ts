import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import type { Say } from '../show-progress.ts';
import { listObjects } from './list-objects.ts';
import type { Server } from './read-server.ts';

const AT_ONCE = 8;
const MARK = '.vitrine-manifests';
const WRITING = '.writing';
const TOLD_EVERY = 100;
const PRESENTATION = 'iiif/presentation';
/** A name in a path that we write: nothing that leads elsewhere. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/;

type ExportOptions = { readonly server: Server; readonly folder: string; readonly say: Say };

export type ExportedManifests = {
  manifests: number;
  collections: number;
  pages: number;
  written: number;
  unchanged: number;
  removed: number;
};

/**
 * Copies manifests in both versions, collections, and our stream into a folder, each at its path below the public URL, so that a web server gives what the server gave. A file that is there as it should be is left alone;
 * one of an object that is published no more is removed, after all others are written.
 *
 * @throws Problem `export-failed`
 */
export async function exportManifests({ server, folder, say }: ExportOptions): Promise<ExportedManifests> {
  await mkdir(folder, { recursive: true });
  await demandOurs(folder);
  await writeFile(join(folder, MARK), 'made by vitrine export manifests\n');
  const done: ExportedManifests = { manifests: 0, collections: 0, pages: 0, written: 0, unchanged: 0, removed: 0 };
  const kept = new Set<string>();

  async function keep(path: string, bytes: Buffer): Promise<void> {
    kept.add(path);
    const target = join(folder, path);
    const before = await readFile(target).catch(() => undefined);
    if (before?.equals(bytes)) return void done.unchanged++;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}${WRITING}`, bytes);
    await rename(`${target}${WRITING}`, target);
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
  for (const path of await filesOf(folder))
    if (!kept.has(path)) {
      await rm(join(folder, path));
      done.removed++;
    }
  return done;
}

/** Whatever lies in a folder that no export made is somebody's: it is left alone, and so is the folder. */
async function demandOurs(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length > 0 && !names.includes(MARK))
    throw new Problem('export-failed', { detail: `${folder} holds what was not made by an export of manifests` });
}

/** What an export has written, by its path. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await Promise.all(
    ['iiif/presentation', 'iiif/activity'].map(async (below) =>
      (await readdir(join(folder, below), { withFileTypes: true, recursive: true }).catch(() => []))
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .replaceAll('\\', '/'),
        ),
    ),
  );
  return entries.flat();
}
