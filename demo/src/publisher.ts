import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Museum } from './museum.ts';

export type Publisher = { readonly museum: Museum; readonly base: string; readonly stream: string; close(): Promise<void> };

type Door = {
  /** The address to listen on; by default only this machine reaches it. */
  readonly listen?: string;
  /** The name by which others reach it. */
  readonly name?: string;
};

/** Opens a museum on a port of this machine; port 0 takes a free one. */
export async function openPublisher(port: number, { listen = '127.0.0.1', name = 'localhost' }: Door = {}): Promise<Publisher> {
  let base = '';
  const museum = new Museum(() => base);
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://museum');
    museum.answer(pathname).then(
      (answer) => {
        if (!answer) return void response.writeHead(404).end('not found\n');
        const unchanged = answer.status === 200 && request.headers['if-none-match'] === answer.etag;
        response.writeHead(unchanged ? 304 : answer.status, {
          'content-type': answer.type,
          etag: answer.etag,
          'cache-control': 'no-cache',
          'access-control-allow-origin': '*',
        });
        response.end(unchanged || request.method === 'HEAD' ? undefined : answer.body);
      },
      () => void response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, listen, resolve);
  });
  const address: AddressInfo | string | null = server.address();
  base = `http://${name}:${typeof address === 'object' && address ? address.port : port}`;
  return {
    museum,
    base,
    stream: `${base}/activity-stream`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
