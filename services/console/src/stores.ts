import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

const Letter = Type.Object({ topic: Type.String(), group: Type.String(), partition: Type.Integer(), offset: Type.Integer() });

/** Work that ended badly and has not ended well since, by stage and entity. */
const Failure = Type.Object({
  entity: Type.String(),
  stage: Type.String(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  time: Type.String(),
  trace: Type.Optional(Type.String()),
  letter: Type.Optional(Letter),
});
export type Failure = Static<typeof Failure>;

/** What the public page shows of an object. Derived. */
const ObjectEntry = Type.Object({
  objectRevision: Type.Integer(),
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('harvested'), Type.Literal('published'), Type.Literal('withdrawn')]),
  label: LanguageMap,
  images: Type.Integer(),
  thumbnail: Type.Optional(Type.String()),
});
export type ObjectEntry = Static<typeof ObjectEntry>;

/** An operator's command: stored before it is published, so that a crash in between loses none (R8). */
const Command = Type.Object({
  state: Type.Union([Type.Literal('stored'), Type.Literal('published')]),
  letter: Type.Optional(Letter),
  full: Type.Optional(Type.Object({ dropDerived: Type.Boolean() })),
});
export type Command = Static<typeof Command>;

export async function openStores(documents: Documents) {
  return {
    failures: await openCollection(documents, { name: 'console.failures', indexes: ['code'], schema: Failure }),
    objects: await openCollection(documents, { name: 'console.objects', indexes: ['state'], schema: ObjectEntry }),
    commands: await openCollection(documents, { name: 'console.commands', indexes: ['state'], schema: Command }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
