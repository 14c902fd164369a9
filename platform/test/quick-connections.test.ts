import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { quickConnections } from '../src/http/quick-connections.ts';
import { quickHead } from '../src/http/quick-head.ts';
import { until } from '../src/until.ts';

const wire = (text: string) => Buffer.from(`${quickHead(200, { 'content-type': 'text/plain' }, text.length)}${text}`);

/** A server that answers /quick… at once and everything else by its parser; `run` gets a function that sends bytes and reads what comes. */
async function withServer(
  run: (send: (...chunks: (string | number)[]) => Promise<string>, server: Server) => Promise<void>,
  answer: (url: string) => string = (url) => `quick ${url}`,
): Promise<void> {
  const server = createServer({ headersTimeout: 400, requestTimeout: 2000, connectionsCheckingInterval: 50 }, (request, response) => {
    const parts: Buffer[] = [];
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => response.end(`routed ${request.method} ${request.url} ${Buffer.concat(parts)}`));
  });
  const connections = quickConnections(server, ({ url, field }) => {
    const reply = { route: '/quick', status: 200 as const, wire: wire(`${answer(url)} ${field('accept') ?? ''}`) };
    if (url.startsWith('/quick/later')) return setTimeout(30, reply);
    if (url.startsWith('/quick/none')) return setTimeout(30, undefined);
    if (url.startsWith('/quick/fails')) return setTimeout(30).then(() => Promise.reject(new Error('no')));
    return url.startsWith('/quick') ? reply : undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const send = async (...chunks: (string | number)[]) => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
    });
    for (const chunk of chunks) {
      if (typeof chunk === 'number') await setTimeout(chunk);
      else socket.write(chunk, 'latin1');
    }
    await setTimeout(100);
    socket.destroy();
    return received;
  };
  try {
    await run(send, server);
  } finally {
    connections.closeAll();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const HOST = 'Host: museum.example\r\n';
const quick = (n: number, more = '') => `GET /quick/${n} HTTP/1.1\r\n${HOST}${more}\r\n`;
const answers = (received: string) => [...received.matchAll(/(quick|routed) [^\r\n]*?(?=HTTP\/1\.1|$)/g)].map(([text]) => text.trim());

suite('connections that are answered at once', () => {
  test('what is answered after a look is answered in its turn; what is not found then is left to the server, with all that came after it', () =>
    withServer(async (send) => {
      const ask = (...paths: readonly string[]) => paths.map((path) => `GET /${path} HTTP/1.1\r\n${HOST}\r\n`).join('');
      assert.deepEqual(answers(await send(ask('quick/1', 'quick/later', 'quick/2', 'quick/later', 'quick/3'), 150)), [
        'quick /quick/1',
        'quick /quick/later',
        'quick /quick/2',
        'quick /quick/later',
        'quick /quick/3',
      ]);
      assert.deepEqual(answers(await send(ask('quick/later'), 5, ask('quick/2'), 100)), ['quick /quick/later', 'quick /quick/2']);
      for (const left of ['quick/none', 'quick/fails'])
        assert.deepEqual(answers(await send(ask('quick/1', left, 'quick/2'), 100)), [
          'quick /quick/1',
          `routed GET /${left}`,
          'routed GET /quick/2',
        ]);
    }));

  test('who goes away while it is looked for is answered nothing, and holds up nobody', () =>
    withServer(async (send, server) => {
      await new Promise<void>((resolve) => {
        const address = server.address();
        const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1', () => {
          socket.write(`GET /quick/later HTTP/1.1\r\n${HOST}\r\n`);
          socket.destroy();
          resolve();
        });
      });
      assert.deepEqual(answers(await send(quick(1))), ['quick /quick/1']);
    }));

  test('many requests, in whatever pieces they come', () =>
    withServer(async (send) => {
      assert.deepEqual(answers(await send(quick(1))), ['quick /quick/1']);
      assert.deepEqual(answers(await send(quick(1), 20, quick(2), 20, quick(3))), ['quick /quick/1', 'quick /quick/2', 'quick /quick/3']);
      assert.deepEqual(answers(await send(quick(1) + quick(2) + quick(3))), ['quick /quick/1', 'quick /quick/2', 'quick /quick/3']);
      const text = quick(1, 'Accept: image/*\r\n');
      const pieces = [...text].flatMap((letter, n) => (n % 9 === 0 ? [letter, 1] : [letter]));
      assert.deepEqual(answers(await send(...pieces)), ['quick /quick/1 image/*']);
    }));

  test('the first other request goes to the parser with all that follows, in order', () =>
    withServer(async (send) => {
      const post = `POST /form HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`;
      assert.deepEqual(answers(await send(quick(1) + post + quick(2))), [
        'quick /quick/1',
        'routed POST /form hello',
        'routed GET /quick/2',
      ]);
      assert.deepEqual(answers(await send(quick(1), 20, post.slice(0, 40), 20, post.slice(40), 20, quick(2))), [
        'quick /quick/1',
        'routed POST /form hello',
        'routed GET /quick/2',
      ]);
      assert.deepEqual(answers(await send(`GET /other HTTP/1.1\r\n${HOST}\r\n`)), ['routed GET /other']);
      assert.deepEqual(answers(await send(`HEAD /quick/1 HTTP/1.1\r\n${HOST}\r\n`)), []);
    }));

  const odd: readonly (readonly [string, string])[] = [
    ['a length', `${quick(1, 'Content-Length: 3\r\n')}abc`],
    ['a length in other letters', `${quick(1, 'cOnTeNt-LeNgTh: 3\r\n')}abc`],
    ['chunks', `${quick(1, 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`],
    ['an upgrade', quick(1, 'Upgrade: h2c\r\nConnection: Upgrade\r\n')],
    ['an end of the connection', quick(1, 'Connection: close\r\n')],
    ['a range', quick(1, 'Range: bytes=0-1\r\n')],
    ['HTTP/1.0', `GET /quick/1 HTTP/1.0\r\n${HOST}\r\n`],
    ['no host', 'GET /quick/1 HTTP/1.1\r\n\r\n'],
    ['an absolute target', `GET http://museum.example/quick/1 HTTP/1.1\r\n${HOST}\r\n`],
    ['a folded line', quick(1, 'X: a\r\n b\r\n')],
    ['a space before a colon', quick(1, 'Content-Length : 3\r\n')],
    ['a bare line feed', quick(1, 'X: a\nContent-Length: 3\r\n')],
    ['a bare carriage return', quick(1, 'X: a\rContent-Length: 3\r\n')],
    ['a name without a colon', quick(1, 'nonsense\r\n')],
    ['a space in the target', `GET /quick/1 x HTTP/1.1\r\n${HOST}\r\n`],
    ['a letter beyond ASCII', `GET /quick/\xe9 HTTP/1.1\r\n${HOST}\r\n`],
    ['a head that is too long', quick(1, `X: ${'a'.repeat(9000)}\r\n`)],
  ];
  for (const [title, request] of odd) {
    test(`${title} is the parser's`, () =>
      withServer(async (send) => {
        const received = await send(request);
        assert.ok(!received.includes('quick /quick'), received);
        assert.match(received, /^HTTP\/1\.1 (200|400|426|431)/);
      }));
  }

  const open = (server: Server) => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  const portOf = (server: Server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  };

  test('a client that has said all ends its connection, with its answer', () =>
    withServer(async (_send, server) => {
      const answered = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true });
          socket.end(quick(n));
          return answers(String(Buffer.concat(await socket.toArray())));
        }),
      );
      assert.deepEqual(answered.slice(0, 2), [['quick /quick/0'], ['quick /quick/1']]);
      await until('none is left', async () => (await open(server)) === 0);
    }));

  test('a client that asks and does not read is not answered ahead', () => {
    let made = 0;
    const large = 'x'.repeat(1_000_000);
    return withServer(
      async (_send, server) => {
        const socket = connect(portOf(server), '127.0.0.1').pause();
        for (let n = 0; n < 300; n++) socket.write(quick(n));
        await setTimeout(300);
        assert.ok(made < 20, `${made} were made`);
        // Once it reads, it gets them all.
        let received = 0;
        socket.on('data', ({ length }) => {
          received += length;
        });
        socket.resume();
        await until('all have come', () => received > 300 * large.length);
        assert.equal(made, 300);
        socket.destroy();
      },
      () => {
        made++;
        return large;
      },
    );
  });

  test('a head that trickles is cut off when it has had its time', () =>
    withServer(async (_send, server) => {
      const socket = connect(portOf(server), '127.0.0.1').on('error', () => {});
      const began = performance.now();
      let closed = false;
      socket.on('close', () => {
        closed = true;
      });
      socket.write('GET /quick/1 HTTP/1.1\r\n');
      for (let n = 0; n < 40 && !closed; n++) {
        socket.write('X');
        await setTimeout(50);
      }
      assert.ok(closed && performance.now() - began < 1500, `${Math.round(performance.now() - began)} ms`);
    }));

  test('a server that closes ends them', () =>
    withServer(async (send, server) => {
      const waiting = send(quick(1), 200);
      await setTimeout(50);
      assert.equal(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count))), 1);
      await waiting;
    }));
});
