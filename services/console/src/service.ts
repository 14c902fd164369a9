import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { commandSender } from './commands.ts';
import { onObjectProjected } from './handlers/object-projected.ts';
import { onOutcomeRecorded } from './handlers/outcome-recorded.ts';
import { assetRoute } from './http/assets.ts';
import { failureRoutes } from './http/failures.ts';
import { oembedRoute } from './http/oembed.ts';
import { openapiRoute } from './http/openapi.ts';
import { pageRoutes } from './http/pages.ts';
import { problemRoute } from './http/problem-page.ts';
import { replayRoute } from './http/replay.ts';
import { statusRoute } from './http/status.ts';
import { openStores } from './stores.ts';
import { publishedObject, visibleObjects } from './visible-objects.ts';

export type ConsoleDeps = ServiceDeps & { publicUrl: string; accessMode: AccessMode };

export async function createConsole(deps: ConsoleDeps): Promise<Service> {
  const { documents, publish, publicUrl } = deps;
  const stores = await openStores(documents);
  const access = await openAccessTable('console', documents, deps.accessMode);
  const commands = commandSender(stores, publish);
  const visible = visibleObjects(stores, access);
  const published = publishedObject(stores, access);
  return {
    name: 'console',
    routes: [
      ...pageRoutes({ published, access, visible, publicUrl }),
      oembedRoute({ published, access, publicUrl }),
      assetRoute,
      openapiRoute(publicUrl),
      problemRoute,
      ...failureRoutes(stores, commands),
      replayRoute(commands),
      statusRoute(stores),
    ],
    subscriptions: [
      {
        group: 'console',
        concurrency: 16,
        recordsOutcomes: false,
        handlers: [onOutcomeRecorded(stores), ...onObjectProjected(stores), ...access.handlers],
      },
    ],
    tasks: [() => commands.sweep()],
    dropDerived: () => stores.objects.drop(),
    close: async () => {},
  };
}
