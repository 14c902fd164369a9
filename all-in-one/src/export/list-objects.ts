import { Problem } from '@vitrine/platform/problem.ts';
import Type, { type Static } from 'typebox';
import type { Server } from './read-server.ts';

const ListedObject = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]*$' }), manifest2: Type.Optional(Type.String()) });
export type ListedObject = Static<typeof ListedObject>;

const ObjectPage = Type.Object({ objects: Type.Array(ListedObject), next: Type.Optional(Type.String()) });

/** Every object that the public may see. @throws Problem `export-failed` */
export async function* listObjects(server: Server): AsyncGenerator<ListedObject> {
  for (let path: string | undefined = '/api/v1/objects'; path !== undefined; ) {
    const page: Static<typeof ObjectPage> | undefined = await server.json(path, ObjectPage);
    // An empty list would empty the copy.
    if (!page) throw new Problem('export-failed', { detail: `${path}: not given to the public` });
    yield* page.objects;
    path = page.next === undefined ? undefined : `/api/v1/objects${new URL(page.next).search}`;
  }
}
