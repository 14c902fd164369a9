import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { freePort } from '@vitrine/platform/free-port.ts';
import { startNginx } from './start-nginx.ts';

const PROGRAM = '/usr/lib/iipimage-server/iipsrv.fcgi';

/** iipsrv (Debian's iipimage-server) with some processes behind nginx; undefined where it is not installed. */
export async function startIipsrv(
  folder: string,
  file: string,
  processes: number,
): Promise<{ base: string; stop(): Promise<void> } | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const ports = await Promise.all(Array.from({ length: processes }, () => freePort()));
  const children = ports.map((port) =>
    spawn(PROGRAM, ['--bind', `127.0.0.1:${port}`], {
      env: {
        FILESYSTEM_PREFIX: `${dirname(file)}/`,
        MAX_IMAGE_CACHE_SIZE: '10',
        JPEG_QUALITY: '85',
        MAX_CVT: '10000',
        VERBOSITY: '0',
        LOGFILE: '/dev/null',
      },
      stdio: 'ignore',
    }),
  );
  const upstream = `upstream iipsrv { ${ports.map((port) => `server 127.0.0.1:${port};`).join(' ')} keepalive 16; }`;
  const location = `location /iip/ {
    rewrite ^/iip/(.*)$ /fcgi-bin/iipsrv.fcgi?IIIF=$1 last;
  }
  location /fcgi-bin/iipsrv.fcgi {
    fastcgi_pass iipsrv; fastcgi_keep_conn on;
    fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri;
    fastcgi_param SERVER_PROTOCOL $server_protocol; fastcgi_param HTTP_HOST $host;
  }`;
  const nginx = await startNginx(folder, upstream, location);
  return {
    base: `${nginx.base}/iip/${file.slice(dirname(file).length + 1)}`,
    stop: async () => {
      await nginx.stop();
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
