import { problems } from './problems.ts';
import { type Route, routes } from './routes.ts';

const parametersOf = (path: string): string[] => [...path.matchAll(/:([a-z]+)/g)].map(([, name]) => name ?? '');

const problemAnswer = { $ref: '#/components/responses/Problem' };

function operation({ method, path, service, audience, summary, query, body, answers, status }: Route) {
  const fromPath = parametersOf(path).map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const fromQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query?.required?.includes(name) ?? false,
    schema,
  }));
  return {
    summary,
    tags: [service],
    parameters: [...fromPath, ...fromQuery],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      [status ?? statusOf(method, answers)]: { description: summary, ...(answers === undefined ? {} : { content: { [answers]: {} } }) },
      ...(audience === 'operator' || audience === 'publisher' ? { '401': problemAnswer } : {}),
      ...(audience === 'door' ? { '403': problemAnswer, '404': problemAnswer, '410': problemAnswer } : {}),
      default: problemAnswer,
    },
    ...(audience === 'operator' ? { security: [{ operator: [] }] } : {}),
    ...(audience === 'publisher' ? { security: [{ publisher: [] }] } : {}),
  };
}

function statusOf(method: Route['method'], answers: string | undefined): number {
  if (method === 'GET') return answers === undefined ? 303 : 200;
  return answers === undefined ? 204 : method === 'POST' ? 202 : 200;
}

/** The route table as OpenAPI 3.1. @param server the public base URL */
export function openapi(server: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Vitrine', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: server }],
    paths,
    components: {
      securitySchemes: {
        operator: { type: 'http', scheme: 'bearer', description: 'The operators’ token' },
        publisher: { type: 'http', scheme: 'bearer', description: 'The token of the source' },
      },
      responses: {
        Problem: {
          description: 'A problem (RFC 9457); its codes are in docs/reference/problems.md',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'status', 'title', 'help'],
          properties: {
            type: { type: 'string', format: 'uri-reference', examples: Object.keys(problems).map((code) => `/api/v1/problems/${code}`) },
            status: { type: 'integer' },
            title: { type: 'string' },
            detail: { type: 'string' },
            help: { type: 'string' },
          },
        },
      },
    },
  };
}
