import { MappingPreview } from '@vitrine/contracts/mapping-preview.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { expressionFault } from '../domain/expression.ts';
import type { previewMapping } from '../preview-mapping.ts';
import type { Stores } from '../stores.ts';

const PAGE = 100;

type Deps = { stores: Pick<Stores, 'sources'>; preview: ReturnType<typeof previewMapping> };

/** What another mapping would make of the records of a source, before anything is published. */
export function previewRoute({ stores: { sources }, preview }: Deps): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/sources/:source/preview',
    handle: async (request, reply) => {
      const source = pathParameter(request, 'source');
      const { mapping, after, limit = PAGE, objects = false } = parseBody(MappingPreview, request.body);
      const document = await sources.get(source);
      if (!document) throw new Problem('source-not-found', { detail: source });
      const { attach, mapping: own } = document.definition;
      if (attach) throw new Problem('request-invalid', { detail: `${source} is a source of images of other sources’ objects` });
      const fault = expressionFault('mapping', mapping ?? undefined);
      if (fault !== undefined) throw new Problem('request-invalid', { detail: fault });
      const wanted = mapping === undefined ? own : (mapping ?? undefined);
      reply.code(200).header('cache-control', 'private, no-store');
      return preview({ source, own, wanted, after, limit, objects });
    },
  };
}
