import type { Client } from '@opensearch-project/opensearch';
import { Problem } from '../problem.ts';
import { FIELDS } from './port.ts';

/** Whoever finds another rebuilding waits; after so long without progress the other has died. */
const SILENCE = 60_000;
const POLL = 500;
const COPY = 50;
/** What is older holds a document a page: nothing of it can be copied, and whoever puts puts again. */
const OLDEST_COPIED = 2;

const mappings = (schema: number) => ({
  _meta: { vitrine: schema },
  dynamic: 'strict' as const,
  properties: {
    id: { type: 'keyword' as const },
    ...Object.fromEntries(FIELDS.map((field) => [field, { type: 'text' as const, analyzer: 'whitespace' }])),
    keywords: { type: 'keyword' as const },
    title: { type: 'keyword' as const },
    begin: { type: 'double' as const },
    end: { type: 'double' as const },
  },
});

const settings = {
  index: {
    // Places in the log, by which a rebuild goes, are those of one shard.
    number_of_shards: 1,
    // Each second whether or not somebody searches: what was put is findable by then.
    refresh_interval: '1s',
    // OpenSearch builds every analyzer that it ships for every index, and on a JRE without Thai locale data fails at that one. None is used here.
    analysis: { analyzer: { thai: { type: 'whitespace' as const } } },
  },
};

type Copied = {
  readonly _id: string;
  readonly _version: number;
  readonly _source: Record<string, unknown>;
  readonly sort: readonly [number];
};

/**
 * The index behind an alias: made where it is missing, built anew under the alias where it is of a former schema. Its names are
 * `{alias}-{schema}-{count}`.
 *
 * @throws Problem `engine-unfit` where something else has the name
 */
export async function openIndexAlias(client: Client, alias: string, schema: number) {
  /** The index behind the alias, with its schema. */
  async function current(): Promise<{ index: string; schema: number } | undefined> {
    const answer = await client.indices.get({ index: alias }, { ignore: [404] });
    if (answer.statusCode === 404) return undefined;
    const [entry] = Object.entries(answer.body);
    if (!entry) return undefined;
    const [index, { mappings: found }] = entry;
    const meta: unknown = found?._meta;
    const number: unknown = typeof meta === 'object' && meta !== null ? Reflect.get(meta, 'vitrine') : undefined;
    if (index === alias || typeof number !== 'number')
      throw new Problem('engine-unfit', {
        detail: `OpenSearch's index ${index} is not Vitrine's; name another at the end of VITRINE_INDEX`,
      });
    return { index, schema: number };
  }

  /** Answers false where it is there already. */
  async function create(index: string, aliases: Record<string, object>): Promise<boolean> {
    try {
      await client.indices.create({
        index,
        body: { settings, mappings: mappings(schema), aliases },
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.includes('resource_already_exists_exception')) return false;
      throw thrown;
    }
  }

  const nextName = (former: string | undefined) => `${alias}-${schema}-${Number(former?.split('-').at(-1) ?? 0) + 1}`;

  async function pointTo(index: string, former: string): Promise<void> {
    await client.indices.updateAliases({
      body: { actions: [{ add: { index, alias } }, { remove: { index: former, alias } }] },
    });
    await client.indices.delete({ index: former }, { ignore: [404] });
  }

  async function* documents(index: string, from: number): AsyncGenerator<Copied[]> {
    await client.indices.refresh({ index });
    for (let after = from; ; ) {
      const { body } = await client.search({
        index,
        body: { size: COPY, version: true, sort: [{ _seq_no: 'asc' }], search_after: [after] },
      });
      const page: Copied[] = body.hits.hits.map((hit) => ({
        _id: String(hit._id),
        _version: Number(hit._version),
        _source: { ...hit._source },
        sort: [Number(hit.sort?.[0])],
      }));
      if (page.length === 0) return;
      yield page;
      after = page.at(-1)?.sort[0] ?? after;
    }
  }

  async function copy(from: string, to: string, mark: number): Promise<number> {
    let last = mark;
    for await (const page of documents(from, mark)) {
      const { body } = await client.bulk({
        index: to,
        body: page.flatMap(({ _id, _version, _source }) => [{ index: { _id, version: _version, version_type: 'external_gte' } }, _source]),
      });
      // A copy that lacks a text must not take the place of what has it.
      if (body.errors) throw new Problem('port-unavailable', { detail: `opensearch: ${from} could not be copied whole to ${to}` });
      last = page.at(-1)?.sort[0] ?? last;
    }
    return last;
  }

  /** Texts that were deleted while the copy ran. */
  async function deleteMissing(from: string, to: string): Promise<void> {
    for await (const page of documents(to, -1)) {
      const { body } = await client.mget({ index: from, _source: false, body: { ids: page.map(({ _id }) => _id) } });
      const gone = body.docs.filter((entry) => 'found' in entry && !entry.found).map(({ _id }) => _id);
      if (gone.length > 0) await client.bulk({ index: to, body: gone.map((_id) => ({ delete: { _id } })) });
    }
  }

  // Most is copied while writers go on; then they wait for the seconds that the rest takes, and find the new index behind the alias.
  async function rebuild(former: string, index: string, isCopied: boolean): Promise<void> {
    if (!isCopied) return pointTo(index, former);
    const mark = await copy(former, index, -1);
    await client.indices.addBlock({ index: former, block: 'write' });
    await copy(former, index, mark);
    await deleteMissing(former, index);
    await client.indices.refresh({ index });
    await pointTo(index, former);
  }

  async function rebuildOrWait(former: string, isCopied: boolean): Promise<void> {
    const index = nextName(former);
    if (await create(index, {})) return rebuild(former, index, isCopied);
    let seen = -1;
    for (let silent = 0; silent < SILENCE; silent += POLL) {
      if ((await current())?.index === index) return;
      // One that was made a moment ago may not answer yet.
      const count = await client.count({ index }).then(
        ({ body }) => body.count,
        () => seen,
      );
      if (count !== seen) silent = 0;
      seen = count;
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    await rebuild(former, index, isCopied);
  }

  const found = await current();
  if (!found) await create(nextName(undefined), { [alias]: {} });
  else if (found.schema < schema) await rebuildOrWait(found.index, found.schema >= OLDEST_COPIED);

  return {
    async replaceByEmpty(): Promise<void> {
      const former = await current();
      if (!former) return void (await create(nextName(undefined), { [alias]: {} }));
      const index = nextName(former.index);
      // One that a crash left half made is empty or a copy: it goes.
      if (!(await create(index, {}))) {
        await client.indices.delete({ index });
        await create(index, {});
      }
      await pointTo(index, former.index);
    },
  };
}
