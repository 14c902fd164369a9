import { isAbsolute, resolve } from 'node:path';
import { Problem } from '@vitrine/platform/problem.ts';
import Type, { type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' });
/** Of these sources alone; without it of all, and of created objects. */
const sources = Type.Optional(Type.Array(Name, { minItems: 1 }));
const Folder = Type.Object({ name: Name, folder: Type.String({ minLength: 1 }), sources }, { additionalProperties: false });
const Bucket = Type.Object(
  { name: Name, bucket: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,62}$' }), store: Type.String({ pattern: '^s3://' }), sources },
  { additionalProperties: false },
);
const Origin = Type.Object(
  { name: Name, origin: Type.String({ pattern: '^https?://[^/]+$' }), headers: Type.Record(Type.String(), Type.String()), sources },
  { additionalProperties: false },
);
const MasterPlaces = Type.Array(Type.Union([Folder, Bucket, Origin]));

export type FolderPlace = Static<typeof Folder>;
export type BucketPlace = Static<typeof Bucket>;
type OriginPlace = Static<typeof Origin>;
/** Where masters may come from beside the open web, each by a name: what is secret of it is never said. */
export type MasterPlaces = {
  readonly folders: readonly FolderPlace[];
  readonly buckets: readonly BucketPlace[];
  readonly origins: readonly OriginPlace[];
};

/** @throws Problem `configuration-invalid`, which repeats nothing of the setting */
export function parseMasterPlaces(setting: string): MasterPlaces {
  const invalid = (detail: string) => new Problem('configuration-invalid', { detail: `VITRINE_MASTER_PLACES: ${detail}` });
  let places: unknown;
  try {
    places = JSON.parse(setting);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!Check(MasterPlaces, places))
    throw invalid(`${Errors(MasterPlaces, places)[0]?.instancePath || 'the whole'} is not as docs/operations.md says`);
  const names = places.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`two places are named ${twice}`);
  const folders = places.filter((place) => 'folder' in place);
  const relative = folders.find(({ folder }) => !isAbsolute(folder));
  if (relative) throw invalid(`the folder of ${relative.name} is not an absolute path`);
  const urls = places
    .filter((place) => 'origin' in place)
    .map((place) => ({ ...place, origin: URL.parse(place.origin)?.origin ?? place.origin }));
  return {
    folders: folders.map((place) => ({ ...place, folder: resolve(place.folder) })),
    buckets: places.filter((place) => 'bucket' in place),
    origins: urls,
  };
}

/** The places that a source may name. */
export function placesOf({ folders, buckets, origins }: MasterPlaces, source: string | undefined): MasterPlaces {
  const open = (place: { sources?: string[] }) => place.sources === undefined || (source !== undefined && place.sources.includes(source));
  return { folders: folders.filter(open), buckets: buckets.filter(open), origins: origins.filter(open) };
}
