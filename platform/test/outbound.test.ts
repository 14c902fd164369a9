import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { isPublicAddress } from '../src/outbound/address-guard.ts';
import { createOutboundHttp, type Network } from '../src/outbound/outbound-http.ts';
import { readBody } from '../src/outbound/read-body.ts';
import { Problem } from '../src/problem.ts';

const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const wanted = (maxBytes = 1000) => ({ accept: '*/*', maxBytes, signal: new AbortController().signal });
const A = (...addresses: string[]): LookupAddress[] => addresses.map((address) => ({ address, family: isIP(address) }));

/** A network that looks names up in a table, takes note of every address that would be connected to, and never connects. */
function recorded(names: Readonly<Record<string, readonly LookupAddress[][]>>): { network: Network; connected: string[] } {
  const connected: string[] = [];
  const asked = new Map<string, number>();
  return {
    connected,
    network: {
      lookup: (hostname, _options, callback) => {
        const answers = names[hostname] ?? [];
        const turn = asked.get(hostname) ?? 0;
        asked.set(hostname, turn + 1);
        callback(null, answers[Math.min(turn, answers.length - 1)] ?? []);
      },
      connector: (guarded) => (options, callback) => {
        const refuse = () => callback(new Error('never connected'), null);
        if (isIP(options.hostname) !== 0) {
          connected.push(options.hostname);
          return refuse();
        }
        guarded(options.hostname, { all: true }, (error, addresses) => {
          if (error) return callback(error, null);
          connected.push(...[addresses].flat().map((one) => (typeof one === 'string' ? one : one.address)));
          refuse();
        });
      },
    },
  };
}

const literals = [
  // Decimal, short, octal, hexadecimal: all that the URL standard's parser takes for an IPv4 address.
  'http://127.0.0.1/',
  'http://127.0.0.1:8080/',
  'https://127.0.0.1/',
  'http://127.255.255.254/',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://0177.0000.0000.0001/',
  'http://0x7f.1/',
  'http://0x7f.0x0.0x0.0x1/',
  'http://0x7f000001/',
  'http://127.0.0.1./',
  'http://１２７.０.０.１/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://0.1.2.3/',
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://0x0a.0.0.1/',
  'http://012.1.2.3/',
  'http://100.64.0.1/',
  'http://100.127.255.255/',
  'http://169.254.169.254/latest/meta-data',
  'http://2852039166/latest/meta-data',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.0.0.1/',
  'http://192.0.2.1/',
  'http://192.168.0.1/',
  'http://3232235521/',
  'http://198.18.0.1/',
  'http://198.51.100.7/',
  'http://203.0.113.7/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://4294967295/',
  // IPv6, and IPv4 within it.
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::1]:6379/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2002:a9fe:a9fe::]/',
  'http://[2001::7f00:1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[100::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[5f00::1]/',
];

/** What a name leads to, turn by turn. */
const names: Readonly<Record<string, readonly LookupAddress[][]>> = {
  localhost: [A('127.0.0.1')],
  'loop.example': [A('127.0.0.1')],
  'loop6.example': [A('::1')],
  'mapped.example': [A('::ffff:10.0.0.1')],
  'metadata.example': [A('169.254.169.254')],
  'one-of-two.example': [A('93.184.216.34', '10.0.0.1')],
  'six-and-four.example': [A('2606:2800:220:1:248:1893:25c8:1946', '192.168.0.1')],
  'nothing.example': [[]],
};

const otherSchemes = [
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'http://user:pass@example.org/',
  'not an address',
];

suite('R12: outbound requests refuse inner addresses at every hop, and nothing is connected to', () => {
  const refused = async (address: string) => {
    const { network, connected } = recorded(names);
    const outbound = createOutboundHttp({ allowedOrigins: new Set(), timeout: 500, atOnce: 2, userAgent: 'test', network });
    await assert.rejects(outbound.get(address, wanted()), isProblem('outbound-refused'));
    assert.deepEqual(connected, []);
    await outbound.close();
  };
  for (const address of [...literals, ...Object.keys(names).map((name) => `http://${name}/`), ...otherSchemes])
    test(`refuses ${address}`, () => refused(address));

  test('a name that leads outside at the first look-up and inside at the second is refused at the second', async () => {
    const { network, connected } = recorded({ 'rebinds.example': [A('93.184.216.34'), A('127.0.0.1')] });
    const outbound = createOutboundHttp({ allowedOrigins: new Set(), timeout: 500, atOnce: 2, userAgent: 'test', network });
    await assert.rejects(outbound.get('http://rebinds.example/', wanted()), isProblem('source-unreachable'));
    await assert.rejects(outbound.get('http://rebinds.example/', wanted()), isProblem('outbound-refused'));
    assert.deepEqual(connected, ['93.184.216.34'], 'what was vetted is what was connected to');
    await outbound.close();
  });

  for (const [address, reached] of [
    ['http://8.8.8.8/', '8.8.8.8'],
    ['http://134744072/', '8.8.8.8'],
    ['http://[2606:2800:220:1:248:1893:25c8:1946]/', '2606:2800:220:1:248:1893:25c8:1946'],
    ['http://public.example/', '93.184.216.34'],
  ] as const)
    test(`lets ${address} pass`, async () => {
      const { network, connected } = recorded({ 'public.example': [A('93.184.216.34')] });
      const outbound = createOutboundHttp({ allowedOrigins: new Set(), timeout: 500, atOnce: 2, userAgent: 'test', network });
      await assert.rejects(outbound.get(address, wanted()), isProblem('source-unreachable'));
      assert.deepEqual(connected, [reached]);
      assert.ok(isPublicAddress(reached));
      await outbound.close();
    });

  for (const target of [
    ...literals.slice(0, 30),
    'http://loop.example/',
    'file:///etc/passwd',
    '//127.0.0.1/x',
    'http://me:secret@example.org/',
  ])
    test(`a redirect from an allowed origin to ${target} is refused`, () =>
      withHost(
        (_request, response) => void response.writeHead(302, { location: encodeURI(decodeURI(target)) }).end(),
        async (origin) => {
          const { network, connected } = recorded(names);
          const outbound = createOutboundHttp({ allowedOrigins: new Set([origin]), timeout: 500, atOnce: 2, userAgent: 'test', network });
          await assert.rejects(outbound.get(`${origin}/`, wanted()), isProblem('outbound-refused'));
          assert.deepEqual(connected, []);
          await outbound.close();
        },
      ));
});

async function withHost(listener: RequestListener, run: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await run(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

suite('compressed answers', () => {
  const text = 'An Activity Stream says much the same over and over again. '.repeat(50);
  const answerWith = (coding: string, body: Buffer, maxBytes = 1_000_000) =>
    withHost(
      (_request, response) => void response.writeHead(200, { 'content-encoding': coding }).end(body),
      async (origin) => {
        const outbound = createOutboundHttp({ allowedOrigins: new Set([origin]), timeout: 2000, atOnce: 2, userAgent: 'test' });
        try {
          const answer = await outbound.get(`${origin}/`, { ...wanted(maxBytes), compressed: true });
          assert.equal(answer.status, 'found');
          if (answer.status === 'found') assert.equal(String(await readBody(answer.body)), text);
        } finally {
          await outbound.close();
        }
      },
    );
  const megabytes = (count: number) => Readable.from(Array.from({ length: count }, () => Buffer.alloc(1_000_000)));

  test('gzip and brotli are read', async () => {
    await answerWith('gzip', gzipSync(text));
    await answerWith('x-gzip', gzipSync(text));
    await answerWith('BR', brotliCompressSync(text));
    await answerWith('identity', Buffer.from(text));
  });

  test('what was not asked for, what is none, and what is cut are refused', async () => {
    await assert.rejects(answerWith('deflate', deflateSync(text)), isProblem('source-unreachable'));
    await assert.rejects(answerWith('gzip', Buffer.from(text)), isProblem('source-unreachable'));
    await assert.rejects(answerWith('gzip', gzipSync(text).subarray(0, 40)), isProblem('source-unreachable'));
  });

  test('the limit counts what comes out', () => assert.rejects(answerWith('gzip', gzipSync(text), 1000), isProblem('source-too-large')));

  test('a bomb is given up long before it has gone off', async () => {
    const bomb = gzipSync(Buffer.concat(await megabytes(200).toArray()));
    assert.ok(bomb.length < 300_000);
    const before = process.memoryUsage().rss;
    await assert.rejects(answerWith('gzip', bomb, 1_000_000_000), isProblem('source-too-large'));
    assert.ok(process.memoryUsage().rss - before < 100_000_000);
  });
});
