import { createHash } from 'node:crypto';
import { activityCollection, activityPage, type MuseumActivity } from './activity-stream.ts';
import { linkedArtRecord } from './linked-art-record.ts';

/** Bytes that the museum serves. */
export type MuseumFile = { readonly type: string; readonly read: () => Promise<Buffer> };

export type MuseumImage = { readonly id: string; readonly label?: string; readonly master: MuseumFile; readonly alto?: MuseumFile };

export type MuseumEntry = {
  readonly id: string;
  readonly title: string;
  readonly summary?: string;
  readonly maker?: string;
  readonly date?: { readonly display: string; readonly begin?: string; readonly end?: string };
  readonly credit?: string;
  readonly accession?: string;
  readonly type?: string;
  readonly homepage?: string;
  readonly rights?: string;
  readonly images: readonly MuseumImage[];
  /** Parts of it, with the ids of their images. */
  readonly parts?: readonly { readonly label: string; readonly images: readonly string[] }[];
};

export type MuseumAnswer = { readonly status: number; readonly type: string; readonly body: Buffer; readonly etag: string };

/** A small museum: its objects, the stream of what happened to them, and the files they name. */
export class Museum {
  readonly #base: () => string;
  readonly #entries = new Map<string, MuseumEntry>();
  readonly #known = new Set<string>();
  readonly #files = new Map<string, MuseumFile>();
  readonly #activities: MuseumActivity[] = [];
  #lastTime = 0;

  /** @param base the museum's own address without a slash at its end, known once it listens */
  constructor(base: () => string) {
    this.#base = base;
  }

  /** Creates an object or updates it, with its files; answers the time of the activity. */
  publish(entry: MuseumEntry, time?: string): string {
    const type = this.#known.has(entry.id) && this.#entries.has(entry.id) ? 'Update' : 'Create';
    this.#entries.set(entry.id, entry);
    this.#known.add(entry.id);
    for (const { id, master, alto } of entry.images) {
      this.#files.set(`/images/${id}`, master);
      if (alto) this.#files.set(`/text/${id}.xml`, alto);
    }
    return this.#act(type, `/objects/${entry.id}`, time);
  }

  /** Other pixels at the same address, and an Update whose record is equal to the last. */
  replaceMaster(object: string, image: string, master: MuseumFile): string {
    this.#files.set(`/images/${image}`, master);
    return this.#act('Update', `/objects/${object}`);
  }

  withdraw(object: string): string {
    this.#entries.delete(object);
    return this.#act('Delete', `/objects/${object}`);
  }

  /** Serves a file, also instead of what the museum would answer there: for records and streams that are not what they should be. */
  serve(path: string, file: MuseumFile): void {
    this.#files.set(path, file);
  }

  /** Takes a file away; a path of the museum's own answers as before. */
  remove(path: string): void {
    this.#files.delete(path);
  }

  /** An activity as it is, whatever it is. */
  announce(activity: unknown): void {
    this.#activities.push({ raw: activity });
  }

  announcePath(type: string, path: string): string {
    return this.#act(type, path);
  }

  async answer(path: string): Promise<MuseumAnswer | undefined> {
    const file = this.#files.get(path);
    if (file) return answerOf(200, file.type, await file.read());
    if (path === '/activity-stream') return json(activityCollection(this.#base(), this.#activities));
    const page = /^\/activity-stream\/page\/(\d+)$/.exec(path)?.[1];
    if (page !== undefined) {
      const found = activityPage(this.#base(), this.#activities, Number(page));
      return found && json(found);
    }
    const object = /^\/objects\/([a-z0-9-]+)$/.exec(path)?.[1] ?? '';
    const entry = this.#entries.get(object);
    if (entry) return json(linkedArtRecord(this.#base(), entry));
    return this.#known.has(object) ? answerOf(410, 'text/plain', Buffer.from('gone\n')) : undefined;
  }

  /** Times rise by at least a millisecond, so that the order of activities is theirs. */
  #act(type: string, path: string, time?: string): string {
    const at = time === undefined ? Math.max(Date.now(), this.#lastTime + 1) : Date.parse(time);
    this.#lastTime = at;
    const endTime = new Date(at).toISOString();
    this.#activities.push({ type, path, endTime });
    return endTime;
  }
}

const json = (value: unknown) => answerOf(200, 'application/ld+json', Buffer.from(JSON.stringify(value)));

function answerOf(status: number, type: string, body: Buffer): MuseumAnswer {
  return { status, type, body, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"` };
}
