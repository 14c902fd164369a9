import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isNode, text, texts } from '@vitrine/mapping/json-node.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { type FolderTable, folderObjects, type ImageFile } from '../domain/listing/folder-objects.ts';
import { isForeignImage, isImage, isLeftBehind } from '../domain/listing/image-files.ts';
import { readCsv } from '../domain/listing/read-csv.ts';
import { readXlsx } from '../domain/listing/read-xlsx.ts';
import { fingerprint, type Listed, type Listing, type ListingPage, nothingListed } from './listing.ts';

const TABLES = /\.(csv|tsv|xlsx)$/i;
const MOST_FILES = 1_000_000;
const MOST_DEPTH = 32;
/** Objects stored at once. */
const OBJECTS = 500;
/** Milliseconds for which nothing may have been written, so that no file is taken while it is copied; and looks that wait for it. */
const QUIET = 2000;
const LOOKS = 5;

type Scan = { readonly records: readonly Listed[]; readonly unusable: ListingPage['unusable']; readonly mark: string };

type Entry = { readonly path: string; readonly name: string; readonly bytes: number; readonly modified: number };

/**
 * A folder of images, with or without tables beside them, and of manifests that somebody made by hand. The address of a folder is `file:///…`; an object is named by its path
 * in it, or by the id that a table gives it, so the folder may move.
 *
 * @param maxBytes largest table or manifest
 * @param alone whether files are listed one by one, whatever tables and manifests lie beside them
 */
export function folderListing(maxBytes: number, alone: boolean): Listing {
  let scanned: { readonly address: string; readonly scan: Scan } | undefined;

  async function scan(address: string, signal: AbortSignal): Promise<Scan> {
    const folder = fileURLToPath(address);
    let entries = await entriesOf(folder);
    for (let look = 1; look < LOOKS && Date.now() - newestOf(entries) < QUIET; look++) {
      await sleep(QUIET, signal);
      signal.throwIfAborted();
      entries = await entriesOf(folder);
    }
    const unusable: { place: string; why: string }[] = [];
    const tables: FolderTable[] = [];
    const manifests: Listed[] = [];
    const read: string[] = [];
    for (const entry of entries) {
      const { path, name, bytes } = entry;
      if (isForeignImage(name)) unusable.push({ place: path, why: `${path} is of a kind of image that can’t be read here` });
      const isTable = TABLES.test(name) && !path.includes('/');
      if (alone || (!isTable && !/\.json$/i.test(name))) continue;
      if (bytes > maxBytes) {
        unusable.push({ place: path, why: `${path} is larger than VITRINE_RECORD_MAX_BYTES` });
        continue;
      }
      const body = await readFile(join(folder, path)).catch(() => undefined);
      if (!body) {
        if (isTable) throw new Problem('source-unreachable', { detail: `${path} can’t be read` });
        unusable.push({ place: path, why: `${path} can’t be read` });
        continue;
      }
      read.push(sha256(body));
      if (isTable) {
        try {
          tables.push({ path, table: /\.xlsx$/i.test(name) ? await readXlsx(body, path) : readCsv(body, path) });
        } catch (thrown) {
          // Without it its objects would lose what they are called: better as they were.
          throw asProblem(thrown);
        }
      } else {
        const manifest = manifestOf(body, path);
        if (manifest) manifests.push(manifest);
      }
    }
    const images = entries
      .filter(({ name }) => isImage(name))
      .map(({ path, bytes, modified }): ImageFile => {
        return { path, address: pathToFileURL(join(folder, path)).href, bytes, modified: new Date(modified).toISOString() };
      });
    const { objects, unusable: rows } = folderObjects(images, tables);
    const records = [...objects.map((object) => ({ id: object.id, copy: Buffer.from(JSON.stringify(object)) })), ...manifests];
    const mark = fingerprint([images, read, unusable]);
    const found = { records, unusable: [...unusable, ...rows], mark };
    scanned = { address, scan: found };
    return found;
  }

  function pageOf({ records, unusable, mark }: Scan, address: string, from: number): ListingPage {
    const next = from + OBJECTS < records.length ? cursor(address, mark, from + OBJECTS) : undefined;
    return { records: records.slice(from, from + OBJECTS), ...(from === 0 && unusable ? { unusable } : {}), next, bytes: 0 };
  }

  return {
    begin: async (address, known, signal) => {
      const found = await scan(address, signal);
      const before = known?.head?.collection.sha256;
      if (before === found.mark) return undefined;
      return { first: cursor(address, found.mark, 0), page: pageOf(found, address, 0), seen: { address, sha256: found.mark }, level: 0 };
    },
    page: async (at, signal) => {
      const [, address = at, mark = '', from = '0'] = /^(.*)#([0-9a-f]{64}),(\d+)$/.exec(at) ?? [];
      const found = scanned?.address === address ? scanned.scan : await scan(address, signal);
      if (found.records.length === 0) throw nothingListed(address);
      // What changed since the walk began has others at these places: it is read from its beginning.
      return pageOf(found, address, found.mark === mark ? Number(from) : 0);
    },
  };
}

const cursor = (address: string, mark: string, object: number): string => `${address}#${mark},${object}`;

/** Every file below a folder, in the order of their paths. Links are not followed: they may lead anywhere. @throws Problem `source-unreachable` */
async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  async function walk(path: string, depth: number): Promise<void> {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isLeftBehind(entry.name)) continue;
      const whole = join(path, entry.name);
      if (entry.isDirectory() && depth < MOST_DEPTH) await walk(whole, depth + 1);
      if (!entry.isFile()) continue;
      if (found.length >= MOST_FILES) throw new Problem('listing-invalid', { detail: `${folder} holds more than ${MOST_FILES} files` });
      const facts = await stat(whole).catch(() => undefined);
      if (facts)
        found.push({ path: relative(folder, whole).split(sep).join('/'), name: entry.name, bytes: facts.size, modified: facts.mtimeMs });
    }
  }
  try {
    await walk(folder, 0);
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    throw new Problem('source-unreachable', {
      detail: `${folder}: ${Reflect.get(Object(thrown), 'code') ?? String(thrown)}`,
      cause: thrown,
    });
  }
  return found;
}

const newestOf = (entries: readonly Entry[]): number => entries.reduce((newest, { modified }) => Math.max(newest, modified), 0);

/** A IIIF manifest; undefined for any other JSON, of which folders hold much. */
function manifestOf(body: Buffer, path: string): Listed | undefined {
  let document: unknown;
  try {
    document = JSON.parse(String(body).replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (!isNode(document) || !texts(document['@context']).some((context) => /\/presentation\//.test(context))) return undefined;
  const id = text(document['id']) ?? text(document['@id']);
  return { id: id !== undefined && URL.canParse(id) ? id : path, copy: body };
}
