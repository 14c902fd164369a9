import type { Route } from '@vitrine/contracts/routes.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';

const PORT = 8080;

/** A path of the route table as a regular expression of nginx, below the public path. */
function pattern(path: string): string {
  return path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^$()[\]{}|\\]/g, '\\$&')))
    .join('/');
}

/** Images and manifests are the same for everyone, unless their answer says otherwise. */
const isCached = ({ method, path, audience }: Route) =>
  method === 'GET' && path.startsWith('/iiif/') && !path.startsWith('/iiif/search/') && audience !== 'operator';

type Group = {
  readonly service: ServiceName;
  readonly cached: boolean;
  readonly mostMegabytes: number | undefined;
  readonly routes: Route[];
};

function location({ service, cached, mostMegabytes, routes }: Group): string {
  const paths = [...new Set(routes.map(({ path }) => pattern(path)))];
  const caching = cached
    ? `
    proxy_cache vitrine;
    # What was open and is under policies now is another thing.
    proxy_cache_key "\${VITRINE_ACCESS} $request_uri";
    # Kept for a few seconds, then asked for again by its ETag, which costs the service no pixels: what was withdrawn is gone by then.
    proxy_ignore_headers Cache-Control Expires;
    proxy_cache_valid 200 5s;
    # A refusal takes the place of what was kept, so that no outage brings it back.
    proxy_cache_valid 401 403 404 410 1s;
    proxy_cache_revalidate on;
    proxy_no_cache $uncacheable;
    proxy_cache_bypass $http_authorization;
    proxy_cache_lock on;
    # While a service or its stores don't answer, what was kept is served.
    proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;
    add_header X-Cache $upstream_cache_status always;`
    : '';
  return `  location ~ ^\${VITRINE_PATH}(?:${paths.join('|')})$ {
    include /etc/nginx/vitrine-proxy.conf;${mostMegabytes === undefined ? '' : `
    client_max_body_size ${mostMegabytes}m;`}${caching}
    # A variable, so that the name is looked up again when replicas come and go.
    set $upstream http://${service}:${PORT};
    proxy_pass $upstream$request_uri;
  }`;
}

/** nginx's server in front of the services, from the route table. A template: the container fills in VITRINE_PATH when it starts. */
export function renderNginx(routes: readonly Route[]): string {
  const groups = new Map<string, Group>();
  for (const route of routes) {
    const cached = isCached(route);
    const { service, mostMegabytes } = route;
    const name = `${service} ${cached} ${mostMegabytes}`;
    const group = groups.get(name) ?? { service, cached, mostMegabytes, routes: [] };
    groups.set(name, group);
    group.routes.push(route);
  }
  const locations = [...groups.values()].map(location);
  return `# Made by npm run generate from the route table: change the code it comes from.
# TLS: mount deploy/nginx/tls.conf.template beside this, with the certificate; see docs/operations.md.
server {
  listen ${PORT};
  resolver 127.0.0.11 valid=2s;

  location = /nginx-health {
    return 200 "ok\\n";
  }

  # For machines within, not for the world.
  location ~ /(?:livez|readyz|metrics)$ {
    return 404;
  }

${locations.join('\n\n')}

  # Preflight of browsers, for any address.
  location / {
    if ($request_method = OPTIONS) {
      add_header Access-Control-Allow-Origin * always;
      add_header Access-Control-Allow-Methods "GET, HEAD, POST, OPTIONS" always;
      add_header Access-Control-Allow-Headers "authorization, content-type, if-none-match" always;
      add_header Access-Control-Max-Age 86400 always;
      return 204;
    }
    # Knows the addresses that images had at an earlier server.
    include /etc/nginx/vitrine-proxy.conf;
    proxy_intercept_errors on;
    error_page 404 = @manifest;
    error_page 502 504 =503 @unavailable;
    set $upstream http://image:${PORT};
    proxy_pass $upstream$request_uri;
  }

  # Knows those of manifests; else says in words, or in JSON, that there is nothing here.
  location @manifest {
    internal;
    include /etc/nginx/vitrine-proxy.conf;
    set $upstream http://manifest:${PORT};
    proxy_pass $upstream$request_uri;
  }

  error_page 502 504 =503 @unavailable;
  location @unavailable {
    internal;
    default_type application/problem+json;
    add_header Retry-After 5 always;
    add_header Access-Control-Allow-Origin * always;
    add_header Cache-Control no-store always;
    return 503 '{"type":"about:blank","status":503,"title":"A part of this server does not answer","help":"Ask again in a few seconds."}';
  }
}
`;
}
