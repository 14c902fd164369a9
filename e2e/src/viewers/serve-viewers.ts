import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.ico': 'image/x-icon',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Pages that open manifests in viewers, and the viewers' own files, below `node_modules` of a folder. */
export async function serveViewers(folder: string, pages: ReadonlyMap<string, string>) {
  const root = join(folder, 'node_modules');
  const server = createServer(async (request, reply) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const page = pages.get(path);
    if (page !== undefined) return void reply.writeHead(200, { 'content-type': TYPES['.html'] }).end(page);
    const file = normalize(join(root, path));
    const bytes = file.startsWith(`${root}${sep}`) ? await readFile(file).catch(() => undefined) : undefined;
    if (!bytes) return void reply.writeHead(path === '/favicon.ico' ? 204 : 404).end();
    return void reply.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { port }: Pick<AddressInfo, 'port'> = typeof address === 'object' && address ? address : { port: 0 };
  return {
    base: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
