import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBook } from '@vitrine/demo/book/make-book.ts';
import { photographEntries } from '@vitrine/demo/photographs.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Tally } from '../tally.ts';
import { VitrineProcess } from '../vitrine-process.ts';
import { searchInMirador, searchInUniversalViewer } from './search-in-viewers.ts';
import { serveViewers } from './serve-viewers.ts';
import { miradorPage, universalViewerPage } from './viewer-pages.ts';

const execute = promisify(execFile);
const VIEWERS = ['mirador@4.0.0', 'universalviewer@4.4.0'];
const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** A browser that asks nobody but those that its pages name. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SIZE = { width: 1200, height: 800 };
/** Milliseconds for a viewer to begin to show an object, and then to say what is wrong. */
const PATIENCE = 40_000;
const AFTERWARDS = 2000;

/** What the viewers say of themselves, whatever they open: Mirador 4.0.0 of its React, Universal Viewer 4.4.0 of a picture that its style sheet means to hold. */
const THEIR_OWN: readonly RegExp[] = [/^Accessing element\.ref was removed in React 19\./, /\/images\/data:image\/gif;base64,/];

/** What a viewer is to open: a page, and the images of which it must ask for tiles. */
type Case = {
  readonly name: string;
  readonly page: string;
  readonly images: readonly RegExp[];
  /** What is done then; says what is wrong. */
  readonly afterwards?: (page: Page) => Promise<string | undefined>;
};

/** Mirador 4 and Universal Viewer 4 (npm) open what two museums published, in headless Chromium: tiles are asked for, and the console has no error. */
export async function playViewers(tally: Tally): Promise<void> {
  const executablePath = process.env['CHROMIUM'] ?? BROWSER.find(existsSync);
  if (executablePath === undefined) return tally.failed('no Chromium here: install it, or name it by CHROMIUM');
  const folder = await temporaryFolder();
  tally.say('installs the viewers');
  await execute(
    'npm',
    ['install', '--prefix', folder.path, '--no-save', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', ...VIEWERS],
    {
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const [north, south] = await Promise.all([openPublisher(await freePort()), openPublisher(await freePort())]);
  const [first, second] = photographEntries();
  if (!first || !second) throw new Error('the demo has no photographs');
  north.museum.publish(first);
  north.museum.publish(await makeBook(join(folder.path, 'book')));
  south.museum.publish(second);
  const server = new VitrineProcess({
    data: join(folder.path, 'data'),
    port: await freePort(),
    stream: north.stream,
    settings: { VITRINE_SOURCES: `south=${south.stream}`, VITRINE_ALLOWED_ORIGINS: `${north.base},${south.base}` },
  });
  const manifest = (object: string, version = 3) => `${server.base}/iiif/presentation/${version}/manifests/${object}`;
  const [photograph, book, other] = [`museum-${first.id}`, 'museum-moby-dick', `south-${second.id}`];
  const tilesOf = (object: string) => new RegExp(`/iiif/image/[23]/${object}-[^/]+/\\d+,\\d+,\\d+,\\d+/`);
  const pages = new Map<string, string>();
  const cases: Case[] = [
    { name: 'Mirador: a photograph', page: miradorPage([manifest(photograph)]), images: [tilesOf(photograph)] },
    { name: 'Mirador: a book', page: miradorPage([manifest(book)]), images: [tilesOf(book)] },
    { name: 'Mirador: a photograph in version 2', page: miradorPage([manifest(photograph, 2)]), images: [tilesOf(photograph)] },
    {
      name: 'Mirador: objects of two museums side by side',
      page: miradorPage([manifest(photograph), manifest(other)]),
      images: [tilesOf(photograph), tilesOf(other)],
    },
    { name: 'Universal Viewer: a photograph', page: universalViewerPage(manifest(photograph)), images: [tilesOf(photograph)] },
    { name: 'Universal Viewer: a book', page: universalViewerPage(manifest(book)), images: [tilesOf(book)] },
    { name: 'Mirador: a search in the book', page: miradorPage([manifest(book)]), images: [tilesOf(book)], afterwards: searchInMirador },
    {
      name: 'Universal Viewer: a search in the book',
      page: universalViewerPage(manifest(book)),
      images: [tilesOf(book)],
      afterwards: searchInUniversalViewer,
    },
    { name: 'Universal Viewer: a book in version 2', page: universalViewerPage(manifest(book, 2)), images: [tilesOf(book)] },
  ];
  for (const [place, { page }] of cases.entries()) pages.set(`/${place}`, page);
  const viewers = await serveViewers(folder.path, pages);
  let browser: Browser | undefined;
  try {
    await server.start();
    for (const object of [photograph, book, other])
      await until(`${object} is there`, async () => (await fetch(manifest(object))).status === 200, 120_000);
    browser = await chromium.launch({ executablePath, args: QUIET });
    for (const [place, one] of cases.entries()) await play(tally, browser, `${viewers.base}/${place}`, one);
  } finally {
    await browser?.close();
    viewers.close();
    await server.stop().catch(() => {});
    await Promise.all([north.close(), south.close()]);
    await folder.remove();
  }
}

async function play(tally: Tally, browser: Browser, address: string, { name, images, afterwards }: Case): Promise<void> {
  const page = await browser.newPage({ viewport: SIZE });
  const errors: string[] = [];
  const tiles = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('requestfailed', (request) => {
    // A tile that is no longer wanted is given up.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') errors.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`${response.url()} answers ${response.status()}`);
    else tiles.add(response.url());
  });
  const isShown = () => images.every((image) => [...tiles].some((url) => image.test(url)));
  try {
    await page.goto(address);
    const began = Date.now();
    while (!isShown() && Date.now() - began < PATIENCE) await page.waitForTimeout(200);
    await page.waitForTimeout(AFTERWARDS);
    const wrong = isShown() ? await afterwards?.(page).catch(String) : undefined;
    const faults = errors.filter((error) => !THEIR_OWN.some((own) => own.test(error)));
    if (!isShown()) tally.failed(`${name}: no tile was asked for; ${faults.join('; ') || 'the console says nothing'}`);
    else if (wrong !== undefined) tally.failed(`${name}: ${wrong}; ${faults.join('; ')}`);
    else if (faults.length > 0) tally.failed(`${name}: ${faults.join('; ')}`);
    else tally.passed(name);
  } finally {
    await page.close();
  }
}
