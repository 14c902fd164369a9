/** Members of a part: Presentation 3.0 has no paging, so a long collection is one of collections (change log 1.4.4). */
export const PART = 1000;
/** Milliseconds for which parts are good; longer where it took long to find them. */
const FRESH = 30_000;
const TIMES_LONGER = 20;

/** A part: where its listing begins, and its first member. */
export type Part = { readonly after: string | undefined; readonly first: string };

type Page = { readonly items: readonly { readonly id: string }[]; readonly next?: string };
export type ListMembers = (after: string | undefined, limit: number) => Promise<Page>;

type Kept = { readonly parts: readonly Part[]; readonly until: number };

/**
 * Where the parts of collections begin, found by reading them through, and remembered: members that come later belong to the part in whose range they are, so that nothing is ever missing; only how many are in each
 * is old. A collection that has grown is looked through again while the old parts go on being served.
 */
export function collectionParts(now: () => Date) {
  const kept = new Map<string, Kept>();
  const finding = new Map<string, Promise<readonly Part[]>>();

  async function find(name: string, list: ListMembers): Promise<readonly Part[]> {
    const began = now().getTime();
    const parts: Part[] = [];
    let after: string | undefined;
    do {
      const { items, next }: Page = await list(after, PART);
      const [first] = items;
      if (first) parts.push({ after, first: first.id });
      after = next;
    } while (after !== undefined);
    const took = now().getTime() - began;
    kept.set(name, { parts, until: began + took + Math.max(FRESH, took * TIMES_LONGER) });
    return parts;
  }

  function once(name: string, list: ListMembers): Promise<readonly Part[]> {
    const running = finding.get(name);
    if (running) return running;
    const started = find(name, list).finally(() => finding.delete(name));
    finding.set(name, started);
    return started;
  }

  return async (name: string, list: ListMembers): Promise<readonly Part[]> => {
    const known = kept.get(name);
    if (!known) return once(name, list);
    // One that has a single part is as it is listed: whether it has outgrown it is seen then.
    if (known.until < now().getTime()) once(name, list).catch(() => undefined);
    return known.parts;
  };
}
