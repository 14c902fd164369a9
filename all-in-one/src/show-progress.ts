import { setTimeout } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

const Status = Type.Object({ harvested: Type.Integer(), published: Type.Integer(), withdrawn: Type.Integer(), failures: Type.Integer() });
type Status = Static<typeof Status>;
const ObjectList = Type.Object({ objects: Type.Array(Type.Object({ id: Type.String(), manifest: Type.String() })) });

const Failures = Type.Object({
  failures: Type.Array(
    Type.Object({
      id: Type.String(),
      entity: Type.String(),
      title: Type.Optional(Type.String()),
      detail: Type.Optional(Type.String()),
      help: Type.Optional(Type.String()),
    }),
  ),
});

/** Failures told one by one; the rest is a number. */
const TOLD = 5;
const POLL = 500;
const SLOW_POLL = 5_000;
/** Nothing changed for this long: what is there is settled. */
const QUIET = 4_000;
/** Some objects never get a manifest; after so long without a change the rest is ready all the same. */
const LONG_QUIET = 30_000;

export type Say = {
  /** What a program wants to know of each piece of work, and a person does not. */
  detail(event: string, fields: Record<string, unknown>): void;
  line(event: string, words: string, fields?: Record<string, unknown>): void;
  progress(words: string, fields: Record<string, unknown>): void;
};

type Options = {
  address: string;
  publicUrl: string;
  token: string;
  say: Say;
  signal: AbortSignal;
  /** Until then more is surely to come. */
  complete: Promise<void>;
};

/** Shows how far the harvest is until it is quiet, then the addresses to open. */
export async function showProgress({ address, publicUrl, token, say, signal, complete }: Options): Promise<void> {
  async function read(path: string): Promise<unknown> {
    const reply = await fetch(`${address}${new URL(publicUrl).pathname.replace(/\/$/, '')}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal,
    });
    return reply.json();
  }

  const told = new Set<string>();
  async function tellFailures(): Promise<void> {
    const list = await read('/api/v1/failures').catch(() => undefined);
    if (!Check(Failures, list)) return;
    for (const { id, entity, title = 'Failed', detail, help = '' } of list.failures) {
      if (told.has(id) || told.size >= TOLD) continue;
      told.add(id);
      say.line('failure', `${title}: ${detail ?? entity}\n  ${help}`, { entity, title, detail, help });
    }
  }

  let last = '';
  let quietSince = Date.now();
  let moreToCome = true;
  void complete.then(() => {
    moreToCome = false;
    quietSince = Date.now();
  });
  while (!signal.aborted) {
    const quiet = Date.now() - quietSince;
    await setTimeout(quiet < LONG_QUIET ? POLL : SLOW_POLL, undefined, { signal }).catch(() => {});
    const status = await read('/api/v1/status').catch(() => undefined);
    if (!Check(Status, status)) continue;
    const text = describe(status);
    if (text !== last) {
      quietSince = Date.now();
      say.progress(text, status);
      last = text;
      if (status.failures > 0) await tellFailures();
    }
    if (!moreToCome && status.published > 0 && Date.now() - quietSince >= (status.harvested === 0 ? QUIET : LONG_QUIET)) break;
  }
  if (signal.aborted) return;
  const list = await read('/api/v1/objects').catch(() => undefined);
  const objects = Check(ObjectList, list) ? list.objects : [];
  const [first] = objects;
  say.line('settled', 'Ready. Open:', {});
  say.line('address', `  the objects  ${publicUrl}/`, { page: `${publicUrl}/` });
  if (first) say.line('address', `  a manifest   ${first.manifest}`, { manifest: first.manifest });
  const book = objects.find(({ id }) => id === 'demo-moby-dick');
  if (book) {
    const search = `${publicUrl}/iiif/search/2/manifests/${book.id}?q=ocean`;
    say.line('address', `  a search     ${search}`, { search });
  }
}

function describe({ harvested, published, failures }: Status): string {
  const waiting = harvested > 0 ? `, ${harvested} on the way` : '';
  const failed = failures > 0 ? `, ${failures} failed (all of them: /api/v1/failures, with the operators’ token)` : '';
  return `${published} objects published${waiting}${failed}`;
}
