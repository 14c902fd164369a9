import type { Publish } from '@vitrine/platform/events/publisher.ts';
import type { Intents } from '@vitrine/platform/intents.ts';
import type { Log } from '@vitrine/platform/log.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { type CreatedObject, createdObjects, imageOfKey } from '../domain/object-created.ts';
import type { Stores } from '../stores.ts';
import { requestConversion, wantObject } from '../want-object.ts';

type Deps = { stores: Stores; publish: Publish; intents: Intents; log: Log };

/** Where an object store says that an object was created: its conversion is asked for before this answers. */
export function notificationRoute({ stores, publish, intents, log }: Deps): ServiceRoute {
  async function take(created: CreatedObject): Promise<void> {
    const named = imageOfKey(created.key);
    if (!named) return void log.info(created, 'a created object whose key is not {object}/{file} is left alone');
    await intents.carryOut(named.image, async () => {
      if ((await wantObject(stores, created)) === undefined)
        log.info(created, 'a created object is left alone: its image is another’s, or was withdrawn');
      else await requestConversion(stores, publish, named.image, `created ${created.etag}`);
    });
  }

  return {
    method: 'POST',
    path: '/api/v1/notifications/s3',
    handle: async (request, reply) => {
      const created = createdObjects(request.body);
      if (!created) throw new Problem('request-invalid', { detail: 'this is no notification of an object store (Records)' });
      for (const object of created) await take(object);
      return reply.code(204).send();
    },
  };
}
