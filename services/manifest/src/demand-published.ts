import { Problem } from '@vitrine/platform/problem.ts';
import type { Publication, Stores } from './stores.ts';

/** What is published of an object. @throws Problem `object-not-found`, `object-withdrawn` */
export async function demandPublished({ publications }: Pick<Stores, 'publications'>, object: string): Promise<Publication> {
  const publication = await publications.get(object);
  if (!publication) throw new Problem('object-not-found', { detail: object });
  if (publication.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
  return publication;
}
