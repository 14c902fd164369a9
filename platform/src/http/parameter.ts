import type { FastifyRequest } from 'fastify';

/** A parameter of the path; the router guarantees that it is there. */
export function pathParameter(request: FastifyRequest, name: string): string {
  const { params } = request;
  const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** A parameter of the query; of several with one name the first. */
export function queryParameter(request: FastifyRequest, name: string): string | undefined {
  return queryParameters(request, name)[0];
}

/** All parameters of the query with one name. */
export function queryParameters(request: FastifyRequest, name: string): readonly string[] {
  const { query } = request;
  const value: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}
