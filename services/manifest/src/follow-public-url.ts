import { asProblem } from '@vitrine/platform/problem.ts';
import type { AssembleManifest } from './assemble-manifest.ts';
import type { Stores } from './stores.ts';

const KEY = 'made-with';

/** Manifests hold addresses: where the server's own has changed since they were made, all are made again. */
export async function followPublicUrl(
  { settings, assemblies }: Stores,
  assemble: AssembleManifest,
  publicUrl: string,
  signal: AbortSignal,
): Promise<void> {
  if ((await settings.get(KEY))?.publicUrl === publicUrl) return;
  for await (const { id } of assemblies.all()) {
    if (signal.aborted) return;
    try {
      await assemble(id, {});
    } catch (thrown) {
      // What can't be published now could not be before; its failure is known.
      if (asProblem(thrown).fault === 'infrastructure') throw thrown;
    }
  }
  await settings.update(KEY, () => ({ publicUrl }));
}
