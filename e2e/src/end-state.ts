import { createHash } from 'node:crypto';
import Type from 'typebox';
import { Parse } from 'typebox/value';
import { QUERIES } from './scenario.ts';
import type { Site } from './site.ts';

const Ids = Type.Object({
  ids: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      owner: Type.String(),
      sourceId: Type.String(),
      state: Type.Optional(Type.String()),
    }),
  ),
});
const Objects = Type.Object({ objects: Type.Array(Type.Record(Type.String(), Type.Unknown())) });
const Info = Type.Object({
  id: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  tiles: Type.Array(Type.Object({ width: Type.Integer(), scaleFactors: Type.Array(Type.Integer()) })),
});

/**
 * Everything that the world can see, as lines: served manifests, info.json, every tile, fixed search answers, the id table and tombstones; without
 * times, traces, outcomes and revision numbers.
 */
export async function endState(site: Site, token: string): Promise<string[]> {
  const lines: string[] = [];
  const note = async (path: string): Promise<Buffer> => {
    const { status, bytes } = await site.get(path);
    const body = status === 200 ? createHash('sha256').update(bytes).digest('hex').slice(0, 16) : '';
    lines.push(`${path.replace(site.base, '')} ${status} ${body}`);
    return status === 200 ? bytes : Buffer.alloc(0);
  };
  const { ids } = Parse(Ids, (await site.get('/api/v1/ids', { authorization: `Bearer ${token}` })).json());
  for (const { id, kind, owner, sourceId, state = '' } of ids) {
    lines.push(`${id} ${kind} ${owner} ${sourceId} ${state}`);
    if (kind === 'object') {
      await note(`/iiif/presentation/3/manifests/${id}`);
      for (const q of QUERIES) await note(`/iiif/search/2/manifests/${id}?q=${encodeURIComponent(q)}`);
    } else {
      const info = await note(`/iiif/image/3/${id}/info.json`);
      if (info.length > 0) for (const tile of everyTile(Parse(Info, JSON.parse(String(info))))) await note(tile);
    }
  }
  await note('/iiif/presentation/3/collections/root');
  const { objects } = Parse(Objects, (await site.get('/api/v1/objects')).json());
  // Without when it changed, and how often.
  for (const { revision: _revision, changed: _changed, ...object } of objects) lines.push(JSON.stringify(object));
  return lines;
}

/** Image API 3.0, implementation notes 3: the tiles that a viewer asks for, at every scale. */
function* everyTile({
  id,
  width,
  height,
  tiles,
}: {
  id: string;
  width: number;
  height: number;
  tiles: { width: number; scaleFactors: number[] }[];
}): Generator<string> {
  for (const { width: edge, scaleFactors } of tiles) {
    for (const factor of scaleFactors) {
      const step = edge * factor;
      for (let y = 0; y < height; y += step) {
        for (let x = 0; x < width; x += step) {
          const [w, h] = [Math.min(step, width - x), Math.min(step, height - y)];
          yield `${id}/${x},${y},${w},${h}/${Math.ceil(w / factor)},${Math.ceil(h / factor)}/0/default.jpg`;
        }
      }
    }
  }
}
