import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { failuresOf, type InProcess, inProcess } from './in-process.ts';

const entry = (id: string) => ({
  id,
  title: `The ${id}`,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});

type Message = { readonly headers: Readonly<Record<string, unknown>>; readonly body: string };

/** A Vitrine, and somebody who takes messages and answers as he is told. */
async function withReceiver(
  run: (running: InProcess, receiver: { url: string; messages: Message[]; answers: number[] }) => Promise<void>,
): Promise<void> {
  const messages: Message[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, reply) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    messages.push({ headers: request.headers, body });
    reply.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  try {
    await inProcess((running) => run(running, { url, messages, answers }), {}, undefined, [new URL(url).origin]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const told = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ body }) =>
    (JSON.parse(body).data.changes as { type: string; object: { id: string } }[]).map(
      ({ type, object }) => `${type} ${object.id.slice(object.id.lastIndexOf('/') + 1)}`,
    ),
  );

suite('webhooks', () => {
  test('what changes is sent, signed; what is not taken is sent again, in order, and shown as a failure until then', () =>
    withReceiver(async (running, { url, messages, answers }) => {
      const { museum, operator } = running;
      const made = await operator('/api/v1/webhooks/site', { url }, 'PUT');
      const secret = String(made['secret']);
      assert.match(secret, /^whsec_/);
      museum.publish(entry('vase'));
      await until('the vase is told', async () => messages.length === 1);
      const [{ headers, body } = { headers: {}, body: '' }] = messages;
      const signed = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
        .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
        .digest('base64');
      assert.equal(headers['webhook-signature'], `v1,${signed}`);
      assert.deepEqual(told(messages), ['Create museum-vase']);

      answers.push(500);
      museum.publish(entry('bowl'));
      await until('it is shown as failing', async () => {
        const { failing } = await operator('/api/v1/webhooks/site');
        return JSON.stringify(failing ?? '').includes('it answers 500');
      });
      await until('and is a failure', async () => (await failuresOf(running)).some(({ code }) => code === 'webhook-failed'));
      // An operator who has mended it does not wait.
      await operator('/api/v1/webhooks/site', { url }, 'PUT');
      await until('it is taken', async () => messages.length === 3);
      assert.equal(messages[1]?.headers['webhook-id'], messages[2]?.headers['webhook-id'], 'a message that comes again is known by its id');
      assert.deepEqual(told(messages), ['Create museum-vase', 'Create museum-bowl', 'Create museum-bowl']);
      await until('it fails no longer', async () => (await operator('/api/v1/webhooks/site'))['failing'] === undefined);
    }));

  test('a message that comes again holds what it held, whatever has happened since', () =>
    withReceiver(async (running, { url, messages, answers }) => {
      const { museum, operator } = running;
      await operator('/api/v1/webhooks/site', { url }, 'PUT');
      answers.push(503);
      museum.publish(entry('vase'));
      await until('it was not taken', async () => messages.length === 1);
      museum.publish(entry('bowl'));
      await until('the bowl is told elsewhere', async () =>
        JSON.stringify(await running.json('/api/v1/changes?after=0')).includes('museum-bowl'),
      );
      await operator('/api/v1/webhooks/site', { url }, 'PUT');
      await until('all is taken', async () => messages.length === 3);
      const [first, again] = messages;
      assert.equal(again?.headers['webhook-id'], first?.headers['webhook-id']);
      assert.deepEqual(told(messages), ['Create museum-vase', 'Create museum-vase', 'Create museum-bowl']);
    }));

  test('from the beginning where that is wanted; one who says that he is gone is told nothing more; a redirect is not followed', () =>
    withReceiver(async (running, { url, messages, answers }) => {
      const { museum, operator, get } = running;
      museum.publish(entry('vase'));
      await until('the vase is there', async () => (await get('/iiif/presentation/3/manifests/museum-vase')).status === 200);
      await until('and told', async () => JSON.stringify(await running.json('/api/v1/changes?after=0')).includes('museum-vase'));
      answers.push(307);
      await operator('/api/v1/webhooks/site', { url, after: '0' }, 'PUT');
      await until('the redirect is a fault', async () =>
        JSON.stringify(await operator('/api/v1/webhooks/site')).includes('it answers 307'),
      );
      answers.push(410);
      await operator('/api/v1/webhooks/site', { url }, 'PUT');
      await until('it is stopped', async () => (await operator('/api/v1/webhooks/site'))['state'] === 'stopped');
      assert.deepEqual(told(messages), ['Create museum-vase', 'Create museum-vase']);
      await operator('/api/v1/webhooks/site', undefined, 'DELETE');
      assert.match(String((await operator('/api/v1/webhooks/site'))['type']), /webhook-not-found/);
      assert.deepEqual(await operator('/api/v1/webhooks'), { webhooks: [] });
    }));

  test('refused: what is no address, what holds a password, what is no name; an inner address is never asked', () =>
    withReceiver(async ({ operator, museum }, { messages }) => {
      for (const [name, body] of [
        ['site', { url: 'ftp://m.example/' }],
        ['site', { url: 'https://user:password@m.example/' }],
        ['site', { url: 'nowhere' }],
        ['site', {}],
        ['site', { url: 'https://m.example/', after: 'x' }],
        ['site', { url: 'https://m.example/', after: '9999.5' }],
        ['Not_a_name', { url: 'https://m.example/' }],
      ] as const)
        assert.match(String((await operator(`/api/v1/webhooks/${name}`, body, 'PUT'))['type']), /request-invalid/, JSON.stringify(body));
      await operator('/api/v1/webhooks/inner', { url: 'http://169.254.169.254/latest' }, 'PUT');
      museum.publish(entry('vase'));
      await until('it is refused', async () => JSON.stringify(await operator('/api/v1/webhooks/inner')).includes('169.254.169.254'));
      await until('with a reason', async () => (await operator('/api/v1/webhooks/inner'))['failing'] !== undefined);
      assert.deepEqual(messages, []);
    }));
});
