import { join } from 'node:path';
import type { DataFolder } from '@vitrine/platform/data-folder.ts';
import type { Log } from '@vitrine/platform/log.ts';
import type { PortOpeners } from '@vitrine/platform/open-adapters.ts';
import { operatorToken } from '@vitrine/platform/operator-token.ts';
import { type OpenedProcess, openProcess } from '@vitrine/platform/process/open-process.ts';
import type { VitrineConfig } from './config.ts';
import { definitions } from './definitions.ts';
import { withFolderMasters } from './folder-sources.ts';

export type Vitrine = OpenedProcess & { readonly token: { readonly token: string; readonly file: string; readonly made: boolean } };

export type OpenOptions = {
  log: Log;
  /** The data folder, taken for this process; let go when Vitrine closes. */
  folder: DataFolder;
  now?: () => Date;
  /** Changes how ports are opened: faults for tests. */
  ports?: (openers: PortOpeners) => PortOpeners;
};

/**
 * Every service in one process, on one port.
 *
 * @throws Problem `configuration-invalid`, `port-in-use`, `engine-unfit`, `engine-refused`
 */
export async function openVitrine(given: VitrineConfig, { folder, ...options }: OpenOptions): Promise<Vitrine> {
  try {
    const config = await withFolderMasters(given);
    const file = config.VITRINE_OPERATOR_TOKEN_FILE ?? join(folder.path, 'operator-token');
    const token = { ...operatorToken(file), file };
    const opened = await openProcess({
      ...options,
      config,
      folder: folder.path,
      operatorToken: token.token,
      makers: definitions.map((definition) => ({ name: definition.name, create: (deps) => definition.create(deps, config) })),
    });
    return {
      ...opened,
      token,
      close: async () => {
        await opened.close();
        folder.release();
      },
    };
  } catch (thrown) {
    folder.release();
    throw thrown;
  }
}
