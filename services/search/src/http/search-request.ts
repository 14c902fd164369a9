import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { FastifyRequest } from 'fastify';
import { readFilters } from '../domain/content-search/search-filters.ts';

/** Completions of an answer: what fits below a field. */
export const mostCompletions = 50;

export function searchFilters(request: FastifyRequest) {
  return readFilters({
    motivation: queryParameter(request, 'motivation'),
    date: queryParameter(request, 'date'),
    user: queryParameter(request, 'user'),
  });
}

/** @throws Problem `request-invalid` */
export function positiveInteger(request: FastifyRequest, name: string): number | undefined {
  const value = queryParameter(request, name);
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Problem('request-invalid', { detail: `${name} is a whole number from 1 on` });
  return Number(value);
}

/** An address that stays as it is: each parameter once, always in the same order. */
export function searchAddress(base: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const said = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `${base}?${new URLSearchParams(said)}`;
}
