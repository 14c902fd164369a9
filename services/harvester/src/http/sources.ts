import { NewSource, RemovalQuery, SourceDefinition, WithdrawalsDecision } from '@vitrine/contracts/source-definition.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';
import { lookedAtNow, newSource, redefined } from '../configure-sources.ts';
import { type Credentials, storeOf } from '../credentials.ts';
import { definitionFault } from '../domain/definition-fault.ts';
import { nameOf } from '../domain/source-address.ts';
import type { SourceDocument, Stores } from '../stores.ts';

type Request = Parameters<ServiceRoute['handle']>[0];
type Deps = {
  stores: Pick<Stores, 'sources'>;
  /** Whether the settings name a source: then nobody else changes it. */
  isConfigured: (source: string) => boolean;
  /** The names of the credentials that a source may ask for. */
  credentials: Credentials;
  /** A source is due. */
  wake: () => void;
};

/** What is harvested, how far, and what is wrong with it; and the changes that an operator may make. */
export function sourceRoutes({ stores: { sources }, isConfigured, credentials, wake }: Deps): ServiceRoute[] {
  async function change(request: Request, how: (current: SourceDocument, id: string) => SourceDocument): Promise<unknown> {
    const id = pathParameter(request, 'source');
    const changed = await sources.update(id, (current) => {
      if (!current) throw new Problem('source-not-found', { detail: id });
      return how(current, id);
    });
    if (!changed) throw new Problem('source-not-found', { detail: id });
    wake();
    return view(id, changed);
  }

  function demandFree(id: string): void {
    if (isConfigured(id)) throw new Problem('source-in-settings', { detail: id });
  }

  /** @throws Problem `request-invalid` */
  function demandSound(definition: SourceDefinition): void {
    const { kind, credential } = definition;
    const wrong = definitionFault(definition);
    if (wrong !== undefined) throw new Problem('request-invalid', { detail: wrong });
    // Whoever has the operators' token over the network must not read this machine's disks by it.
    if (kind === 'folder')
      throw new Problem('request-invalid', { detail: 'a folder is named in the settings: VITRINE_SOURCES_YAML, or npm start -- FOLDER' });
    if (credential !== undefined && !credentials.has(credential))
      throw new Problem('request-invalid', { detail: `no credential is named ${credential}; VITRINE_HARVEST_CREDENTIALS names them` });
    if (credential !== undefined && (kind === 'bucket') !== (storeOf(credentials.get(credential)) !== undefined))
      throw new Problem('request-invalid', {
        detail: `a bucket wants a credential with a store, and nothing else does; ${credential} is not so`,
      });
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/sources',
      handle: async (_request, reply) => {
        const { items } = await sources.list({ limit: 1000 });
        reply.header('cache-control', 'private, no-store');
        return { sources: items.map(({ id, value }) => view(id, value)) };
      },
    },
    {
      method: 'POST',
      path: '/api/v1/sources',
      handle: async (request, reply) => {
        const { id: given, ...definition } = parseBody(NewSource, request.body);
        demandSound(definition);
        const id = given ?? nameOf(new URL(definition.addresses[0] ?? ''));
        demandFree(id);
        const added = newSource(definition, 'operator');
        if (!(await sources.put(id, added, 0))) throw new Problem('source-exists', { detail: id });
        wake();
        reply.code(201).header('location', `/api/v1/sources/${id}`);
        return view(id, added);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/sources/:source',
      handle: async (request, reply) => {
        const id = pathParameter(request, 'source');
        const found = await sources.get(id);
        if (!found) throw new Problem('source-not-found', { detail: id });
        reply.header('cache-control', 'private, no-store');
        const inbox = { address: `/api/v1/sources/${id}/inbox`, token: found.inboxToken };
        return { ...view(id, found), ...(found.inboxToken === undefined ? {} : { inbox }) };
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/sources/:source',
      handle: (request) => {
        const definition = parseBody(SourceDefinition, request.body);
        demandSound(definition);
        return change(request, (current, id) => {
          demandFree(id);
          if ((current.definition.attach === undefined) !== (definition.attach === undefined) && current.runs > 0)
            throw new Problem('request-invalid', {
              detail: `${id} has ${definition.attach ? 'objects' : 'images'} by now: remove it, and add another one`,
            });
          return redefined(current, definition, 'operator');
        });
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/sources/:source',
      handle: (request) => {
        const query = { objects: queryParameter(request, 'objects') };
        if (!Check(RemovalQuery, query))
          throw new Problem('request-invalid', {
            detail: 'objects=withdraw takes the objects of the source off the web, objects=keep leaves them',
          });
        return change(request, (current, id) => {
          demandFree(id);
          // Who looks for them would be gone.
          if (query.objects === 'keep' && current.definition.attach)
            throw new Problem('request-invalid', { detail: `images belong to their objects while ${id} is there: pause it instead` });
          const removing = { ...current, removing: query.objects };
          return { ...removing, ...lookedAtNow(removing) };
        });
      },
    },
    {
      method: 'POST',
      path: '/api/v1/sources/:source/look',
      handle: (request, reply) => {
        reply.code(202);
        return change(request, (current) => ({ ...current, ...lookedAtNow(current) }));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/sources/:source/withdrawals',
      handle: (request, reply) => {
        const { decision } = parseBody(WithdrawalsDecision, request.body);
        reply.code(202);
        return change(request, (current, id) => {
          if (!current.held) throw new Problem('request-invalid', { detail: `nothing of ${id} waits for a decision` });
          return { ...current, decision, ...lookedAtNow(current) };
        });
      },
    },
  ];
}

/** A source as operators see it. */
function view(id: string, { definition, origin, streams, runs, run, fault, held, removing, lookAt }: SourceDocument) {
  const watermarks = streams.flatMap(({ watermark }) => watermark ?? []);
  const levels = streams.flatMap(({ level }) => level ?? []);
  return {
    id,
    address: definition.addresses[0],
    definition,
    origin,
    runs,
    walking: run !== undefined,
    ...(definition.paused || lookAt === 0 ? {} : { nextLook: new Date(lookAt).toISOString() }),
    ...(watermarks.length === 0 ? {} : { watermark: new Date(Math.max(...watermarks)).toISOString() }),
    ...(levels.length === 0 ? {} : { level: Math.min(...levels) }),
    ...(fault ? { fault } : {}),
    ...(held ? { held } : {}),
    ...(removing === undefined ? {} : { removing }),
  };
}
