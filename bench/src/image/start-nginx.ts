import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '@vitrine/platform/free-port.ts';
import { until } from '@vitrine/platform/until.ts';

export type Nginx = { readonly base: string; stop(): Promise<void> };

/** nginx with one worker in front of a location, in a folder of its own. */
export async function startNginx(folder: string, http: string, location: string): Promise<Nginx> {
  const port = await freePort();
  const own = join(folder, `nginx-${port}`);
  await mkdir(own, { recursive: true });
  await writeFile(
    join(own, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${own}/nginx.pid; error_log ${own}/error.log; user root;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10000;
  client_body_temp_path ${own}/body; proxy_temp_path ${own}/proxy; fastcgi_temp_path ${own}/fastcgi; uwsgi_temp_path ${own}/uwsgi; scgi_temp_path ${own}/scgi;
  types { image/jpeg jpg; application/ld+json json; }
  ${http}
  server { listen 127.0.0.1:${port}; ${location} }
}
`,
  );
  const child = spawn('nginx', ['-c', join(own, 'nginx.conf')], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  await until('nginx answers', () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    ),
  );
  return {
    base: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The very answers of a server as files, with the same headers. */
export async function answersAsFiles(folder: string, server: string, paths: readonly string[]): Promise<string> {
  const root = join(folder, 'files');
  for (const path of new Set(paths)) {
    const file = join(root, path);
    const reply = await fetch(`${server}/${path}`);
    if (reply.status !== 200) throw new Error(`${path} answers ${reply.status}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(await reply.arrayBuffer()));
  }
  return root;
}

/** The location that serves those files. */
export function filesLocation(root: string): string {
  return `location / {
    root ${root};
    add_header Access-Control-Allow-Origin *;
    add_header X-Content-Type-Options nosniff;
    add_header Cache-Control "public, max-age=31536000, immutable";
    add_header Link "<http://127.0.0.1$uri>;rel=\\"canonical\\", <http://iiif.io/api/image/3/level2.json>;rel=\\"profile\\"";
  }`;
}
