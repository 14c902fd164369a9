import type { ServiceName } from './topics.ts';

export type Route = {
  readonly method: 'GET' | 'POST';
  /** Below the public base URL; `:name` is a parameter. */
  readonly path: string;
  readonly service: ServiceName;
  /**
   * `door`: shows something of an object, so it asks `access/` before anything else. `list`: shows many objects, each of which
   * asks. `open`: the same for everyone. `operator`: wants a bearer token.
   */
  readonly audience: 'door' | 'list' | 'open' | 'operator';
};

/** Every address of the product; the services refuse to start with a route that is not here. */
export const routes = [
  { method: 'GET', path: '/iiif/image/3/:image', service: 'image', audience: 'door' },
  { method: 'GET', path: '/iiif/image/3/:image/info.json', service: 'image', audience: 'door' },
  { method: 'GET', path: '/iiif/image/3/:image/:region/:size/:rotation/:file', service: 'image', audience: 'door' },
  { method: 'GET', path: '/iiif/presentation/3/manifests/:object', service: 'manifest', audience: 'door' },
  { method: 'GET', path: '/iiif/presentation/manifests/:object', service: 'manifest', audience: 'door' },
  { method: 'GET', path: '/iiif/presentation/3/collections/:collection', service: 'manifest', audience: 'list' },
  { method: 'GET', path: '/iiif/presentation/collections/:collection', service: 'manifest', audience: 'list' },
  { method: 'GET', path: '/iiif/presentation/canvas/:object/:image', service: 'manifest', audience: 'door' },
  { method: 'GET', path: '/iiif/presentation/canvas/:object/:image/page', service: 'manifest', audience: 'door' },
  { method: 'GET', path: '/iiif/presentation/canvas/:object/:image/page/painting', service: 'manifest', audience: 'door' },
  { method: 'GET', path: '/iiif/search/2/manifests/:object', service: 'search', audience: 'door' },
  { method: 'GET', path: '/', service: 'console', audience: 'list' },
  { method: 'GET', path: '/objects/:object', service: 'console', audience: 'door' },
  { method: 'GET', path: '/assets/:file', service: 'console', audience: 'open' },
  { method: 'GET', path: '/api/v1/objects', service: 'console', audience: 'list' },
  { method: 'GET', path: '/api/v1/problems/:code', service: 'console', audience: 'open' },
  { method: 'GET', path: '/api/v1/failures', service: 'console', audience: 'operator' },
  { method: 'POST', path: '/api/v1/failures/replay', service: 'console', audience: 'operator' },
  { method: 'POST', path: '/api/v1/replay', service: 'console', audience: 'operator' },
  { method: 'GET', path: '/api/v1/status', service: 'console', audience: 'operator' },
  { method: 'GET', path: '/api/v1/sources', service: 'harvester', audience: 'operator' },
  { method: 'GET', path: '/api/v1/ids', service: 'harvester', audience: 'operator' },
] as const satisfies readonly Route[];

/** The entry of the table that a service's route claims to be. */
export function routeOf(method: string, path: string): Route | undefined {
  return routes.find((route) => route.method === method && route.path === path);
}
