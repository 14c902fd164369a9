import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { progressBar } from '../progress-bar.ts';
import type { Say } from '../show-progress.ts';
import { type ListedImage, listImages } from './list-images.ts';
import type { Server } from './read-server.ts';
import { ImageInfo, type StaticApi, staticImage } from './static-image.ts';

const AT_ONCE = 8;
/** Says what a folder was made from; a folder without it is not ours. */
const MARK = '.vitrine-export';
const WRITING = '.writing';
/** Milliseconds between two lines of progress. */
const TELL = 200;
const MEGABYTE = 1_000_000;

export type ExportOptions = {
  readonly server: Server;
  readonly folder: string;
  /** Where the folder will be on the web. */
  readonly base: string;
  readonly api: StaticApi;
  readonly maxWidth: number;
  /** Of these alone; none is of all. */
  readonly objects: readonly string[];
  readonly say: Say;
};

/** `gone`: withdrawn or made anew while they were copied; `removed`: from the folder. */
export type Exported = { images: number; unchanged: number; gone: number; removed: number; files: number; bytes: number };

/**
 * Copies images into a folder as a level 0 tree. An image is there whole or not at all; one that is there already at its version is left alone, so
 * that what was interrupted goes on. Where all objects were asked for, images that are shown no more are removed.
 *
 * @throws Problem `export-failed`
 */
export async function exportImages(options: ExportOptions): Promise<Exported> {
  const { server, folder, say, objects } = options;
  await mkdir(folder, { recursive: true });
  say.progress('reading the list of images', {});
  const listed: ListedImage[] = [];
  for await (const image of listImages(server, objects)) listed.push(image);
  const done: Exported = { images: 0, unchanged: 0, gone: 0, removed: 0, files: 0, bytes: 0 };
  const kept = new Set<string>();
  let told = 0;
  const tell = (now: boolean) => {
    if (!now && Date.now() - told < TELL) return;
    told = Date.now();
    const { images, unchanged, gone, files, bytes } = done;
    const ended = images + unchanged + gone;
    say.progress(
      `${progressBar(listed.length === 0 ? 1 : ended / listed.length)} ${ended} of ${listed.length} images, ${files} files, ${Math.round(bytes / MEGABYTE)} MB`,
      {
        ...done,
        listed: listed.length,
      },
    );
  };
  for (const image of listed) {
    tell(false);
    const outcome = await exportImage(image, options, ({ length }) => {
      done.files++;
      done.bytes += length;
      tell(false);
    });
    done[outcome]++;
    // Also one that is gone: what was copied before may still be shown, as the next list will say.
    kept.add(image.image);
  }
  if (objects.length === 0) done.removed = await removeOthers(folder, kept);
  tell(true);
  return done;
}

async function exportImage(
  listed: ListedImage,
  options: ExportOptions,
  wrote: (bytes: Buffer) => void,
): Promise<'images' | 'unchanged' | 'gone'> {
  const { server, folder, base, api, maxWidth } = options;
  const { image, version } = listed;
  const place = join(folder, image);
  const mark = JSON.stringify({ version, id: `${base}/${image}`, api, maxWidth });
  const before = await readMark(place);
  if (before === mark) return 'unchanged';
  if (before === undefined && (await isThere(place)))
    throw new Problem('export-failed', { detail: `${place} is there and was not made by an export` });
  const address = `/iiif/image/3/${image}~${version}`;
  const described = await server.json(`${address}/info.json`, ImageInfo);
  if (!described) return 'gone';
  const { info, files } = staticImage({ info: described, id: `${base}/${image}`, api, maxWidth });
  const made = join(folder, `.${image}${WRITING}`);
  await rm(made, { recursive: true, force: true });
  const folders = new Set<string>();
  async function write(path: string, bytes: Buffer | string): Promise<void> {
    const target = join(made, path);
    const parent = dirname(target);
    if (!folders.has(parent)) await mkdir(parent, { recursive: true });
    folders.add(parent);
    await writeFile(target, bytes);
  }
  let whole = true;
  await eachBounded(files, AT_ONCE, async ({ path, ask }) => {
    const bytes = whole ? await server.bytes(`${address}/${ask}`) : undefined;
    if (!bytes) {
      whole = false;
      return;
    }
    await write(path, bytes);
    wrote(bytes);
  });
  if (!whole) {
    await rm(made, { recursive: true, force: true });
    return 'gone';
  }
  await write('info.json', `${JSON.stringify(info, null, 2)}\n`);
  await write(MARK, mark);
  await rm(place, { recursive: true, force: true });
  await rename(made, place);
  return 'images';
}

/** Removes what an export made before and none shows any more, and what it left unfinished. */
async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    const unfinished = entry.name.startsWith('.') && entry.name.endsWith(WRITING);
    if (!entry.isDirectory() || kept.has(entry.name) || !(unfinished || (await readMark(place)) !== undefined)) continue;
    await rm(place, { recursive: true });
    if (!unfinished) removed++;
  }
  return removed;
}

const isThere = (place: string): Promise<boolean> =>
  stat(place).then(
    () => true,
    () => false,
  );
const readMark = (place: string): Promise<string | undefined> => readFile(join(place, MARK), 'utf8').catch(() => undefined);
