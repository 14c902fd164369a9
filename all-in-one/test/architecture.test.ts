import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { suite, test } from 'node:test';
import { problems } from '@vitrine/contracts/problems.ts';
import { settingNames } from '@vitrine/contracts/settings.ts';
import { topics } from '@vitrine/contracts/topics.ts';
import { configParts } from '../src/config.ts';
import { inProcess } from './in-process.ts';

const root = join(import.meta.dirname, '../..');

/** Which packages a package may import: services -> {mapping, access, pyramid} -> platform -> contracts. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  platform: ['contracts'],
  access: ['contracts', 'platform'],
  mapping: ['contracts', 'platform'],
  pyramid: ['platform'],
  services: ['contracts', 'platform', 'access', 'mapping', 'pyramid'],
  demo: [],
};

async function sources(): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules') && !file.startsWith('data'));
  return Promise.all(files.map(async (file) => ({ file: file.split(sep).join('/'), text: await readFile(join(root, file), 'utf8') })));
}

const importsOf = (text: string) => [...text.matchAll(/(?:from|import|import\()\s*['"]([^'"]+)['"]/g)].map(([, name]) => name ?? '');

suite('the tables say what the code does', () => {
  test('every problem code is used, and every code that is used is in the table (the types see to that)', async () => {
    const text = (await sources())
      .filter(({ file }) => !file.startsWith('contracts/') && !file.includes('/test/'))
      .map((source) => source.text)
      .join('\n');
    assert.deepEqual(
      Object.keys(problems).filter((code) => !text.includes(`'${code}'`)),
      [],
    );
  });

  test('every setting that a part reads is in the list by which the others know it', () => {
    const names = configParts.flatMap(([, { properties }]) =>
      Object.entries(properties).flatMap(([name, schema]) => ('secret' in schema ? [name, `${name}_FILE`] : [name])),
    );
    assert.deepEqual(settingNames.toSorted(), names.toSorted());
  });

  test('a topic’s consumers are those that subscribe', () =>
    inProcess(async ({ vitrine }) => {
      const consumers = (topic: string) =>
        vitrine()
          .services.filter(({ subscriptions }) =>
            subscriptions.some(({ handlers }) => handlers.some(({ contract }) => contract.topic === topic)),
          )
          .map(({ name }) => name);
      for (const [topic, entry] of Object.entries(topics)) {
        // The runtime subscribes every service to commands, and policies come with the auth service.
        if (topic === 'vitrine.replay.v1') continue;
        assert.deepEqual(consumers(topic).toSorted(), entry.consumers.toSorted(), topic);
      }
    }));
});

suite('R1: no service reads another’s data', () => {
  test('imports go one way, and never from one service to another', async () => {
    const wrong = (await sources()).flatMap(({ file, text }) => {
      const [area = ''] = file.split('/');
      const permitted = allowed[area];
      if (!permitted || file.includes('/test/')) return [];
      return importsOf(text)
        .filter((name) => name.startsWith('@vitrine/'))
        .map((name) => name.split('/')[1] ?? '')
        .filter((name) => !permitted.includes(name) && name !== area)
        .map((name) => `${file} imports ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('no relative import leaves its package', async () => {
    const wrong = (await sources()).flatMap(({ file, text }) => {
      const home = file
        .split('/')
        .slice(0, file.startsWith('services/') ? 2 : 1)
        .join('/');
      return importsOf(text)
        .filter((name) => name.startsWith('.') && !join(file, '..', name).split(sep).join('/').startsWith(`${home}/`))
        .map((name) => `${file} imports ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('collections and blobs carry their owner’s name', async () => {
    const wrong = (await sources()).flatMap(({ file, text }) => {
      const owner = /^services\/([a-z]+)\/src\//.exec(file)?.[1];
      if (owner === undefined) return [];
      const names = [...text.matchAll(/name: '([a-z]+)\.[a-z]+'|contentKey\('([a-z]+)\//g)].map(
        ([, collection, blob]) => collection ?? blob,
      );
      return names.filter((name) => name !== owner).map((name) => `${file} names ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('R2: only the harvester mints identifiers', async () => {
    const minting = (await sources())
      .filter(({ file, text }) => text.includes('readable-id.ts') && !file.includes('/test/'))
      .map(({ file }) => file.split('/').slice(0, 2).join('/'));
    assert.deepEqual([...new Set(minting)], ['services/harvester']);
  });

  test('only outermost files know the process', async () => {
    const outermost = /(^|\/)main\.ts$|\/test\/|^(e2e|bench|docs)\/|platform\/src\/(blobs\/filesystem|engines\/start-engine)\.ts$/;
    const wrong = (await sources())
      .filter(({ file, text }) => !outermost.test(file) && /\bprocess\.(?!platform|ts)[a-z]/.test(text))
      .map(({ file }) => file);
    assert.deepEqual(wrong, []);
  });

  test('domain functions are pure: no clock, no environment, no files, no network', async () => {
    const wrong = (await sources())
      .filter(
        ({ file, text }) =>
          file.includes('/src/domain/') && /Date\.now|new Date\(\)|process\.|from 'node:(fs|http|net|child)|undici|randomUUID/.test(text),
      )
      .map(({ file }) => file);
    assert.deepEqual(wrong, []);
  });
});
