import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { movedImages } from '../src/moved-images.ts';
import { pyramidOf, type Serving, serving, smoothPicture } from './serving.ts';

const TILE = '0,0,256,256/256,/0/default.jpg';

const CSV = `\uFEFFaddress,image,api
https://images.example.org/cantaloupe/iiif/2/folder%2Fsheet%201.tif,picture
https://images.example.org/cantaloupe/iiif/3/7,picture
/fcgi-bin/iipsrv.fcgi?IIIF=box/3/a.tif,picture
/fcgi-bin/iipsrv.fcgi?IIIF=collection/plate.tif,picture
"http://old.example.org/loris/a,b.jpg",picture,2
/deep/zoom/x,picture,3
`;

async function withFile<T>(text: string, run: (file: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder();
  try {
    const file = join(folder.path, 'moved.csv');
    await writeFile(file, text);
    return await run(file);
  } finally {
    await folder.remove();
  }
}

const withPicture = async (text: string, answer: string, run: (running: Serving) => Promise<void>) =>
  withFile(text, async (file) =>
    serving({ picture: await pyramidOf(smoothPicture(600, 400)) }, run, { VITRINE_IMAGE_MOVED: file, VITRINE_IMAGE_MOVED_ANSWER: answer }),
  );

const ADDRESSES = [
  ['Cantaloupe, a slash and a space escaped', `/cantaloupe/iiif/2/folder%2Fsheet%201.tif/${TILE}`, `/iiif/image/2/picture/${TILE}`],
  ['in lower case', `/cantaloupe/iiif/2/folder%2fsheet%201.tif/${TILE}`, `/iiif/image/2/picture/${TILE}`],
  ['escaped again on the way', `/cantaloupe/iiif/2/folder%252Fsheet%25201.tif/${TILE}`, `/iiif/image/2/picture/${TILE}`],
  ['with its slash as it is', `/cantaloupe/iiif/2/folder/sheet%201.tif/${TILE}`, `/iiif/image/2/picture/${TILE}`],
  ['its information', '/cantaloupe/iiif/2/folder%2Fsheet%201.tif/info.json', '/iiif/image/2/picture/info.json'],
  ['its base', '/cantaloupe/iiif/2/folder%2Fsheet%201.tif', '/iiif/image/2/picture'],
  ['version 3 by its path', '/cantaloupe/iiif/3/7/full/max/0/default.jpg', '/iiif/image/3/picture/full/max/0/default.jpg'],
  ['IIPImage', `/fcgi-bin/iipsrv.fcgi?IIIF=collection/plate.tif/${TILE}`, `/iiif/image/2/picture/${TILE}`],
  [
    'IIPImage, a 3 in its path',
    '/fcgi-bin/iipsrv.fcgi?IIIF=box/3/a.tif/full/full/0/default.jpg',
    '/iiif/image/2/picture/full/full/0/default.jpg',
  ],
  ['IIPImage, escaped', `/fcgi-bin/iipsrv.fcgi?IIIF=collection%2Fplate.tif/info.json`, '/iiif/image/2/picture/info.json'],
  ['a comma, and the words of version 1', '/loris/a,b.jpg/full/300,/0/native.jpg', '/iiif/image/2/picture/full/300,/0/default.jpg'],
  ['no format, as version 1.0 allowed', '/loris/a%2Cb.jpg/full/300,/0/grey', '/iiif/image/2/picture/full/300,/0/gray.jpg'],
  [
    'a named download',
    `/loris/a,b.jpg/${TILE}?response-content-disposition=inline`,
    `/iiif/image/2/picture/${TILE}?response-content-disposition=inline`,
  ],
  ['a region in per cent', '/deep/zoom/x/pct:0,0,50,50/max/0/default.jpg', '/iiif/image/3/picture/pct%3A0,0,50,50/max/0/default.jpg'],
] as const;

suite('addresses that images had at an earlier server', () => {
  test('answer 301 to ours, where the image is', () =>
    withPicture(CSV, 'redirect', async ({ base, get }) => {
      for (const [name, old, ours] of ADDRESSES) {
        const { status, headers } = await get(old);
        assert.deepEqual([status, headers.get('location')], [301, `${base}${ours}`], name);
        assert.equal(headers.get('access-control-allow-origin'), '*');
        assert.ok([200, 303].includes((await get(`${base}${ours}`)).status), name);
      }
      assert.equal((await get(`/cantaloupe/iiif/2/folder%2Fsheet%201.tif/${TILE}`, {}, 'HEAD')).status, 301);
      for (const other of ['/cantaloupe/iiif/2/other.tif/info.json', '/', `/cantaloupe/iiif/2/${TILE}`, '/fcgi-bin/iipsrv.fcgi', '/%ZZ/x'])
        assert.ok((await get(other)).status >= 400, other);
    }));

  test('or are served where they were asked for', () =>
    withPicture(CSV, 'serve', async ({ get }) => {
      for (const [name, old, ours] of ADDRESSES) {
        const [there, here] = [await get(old), await get(ours)];
        assert.equal(there.status, here.status, name);
        assert.deepEqual(there.bytes, here.bytes, name);
        assert.equal(there.headers.get('link'), here.headers.get('link'), name);
      }
      assert.equal((await get('/cantaloupe/iiif/2/other.tif/info.json')).status, 404);
    }));

  const refused = [
    ['a missing file', undefined, 'ENOENT'],
    ['no image', '/a/b.tif\n', 'line 1: nothing is no identifier'],
    ['an identifier that is none', 'address;image\n/a/b.tif;../x\n', 'line 2: ../x is no identifier'],
    ['no address', ',picture\n', 'line 1: nothing is no address'],
    ['an address of our own', '/readyz,picture\n', 'line 1: /readyz is an address of this server'],
    ['another version', '/a/b.tif,picture,4\n', 'line 1: 4 is no version'],
    ['two images for one address', '/a/b%2Fc,one\n/a/b/c,other\n', 'line 2: /a/b/c is one by a line before'],
    ['an open quote', '"/a/b.tif,picture\n', 'Quote Not Closed'],
  ] as const;
  for (const [name, text, sentence] of refused)
    test(`${name}: the start is refused, and the line is named`, () =>
      withFile(text ?? '', (file) =>
        assert.rejects(
          movedImages({ file: text === undefined ? `${file}.none` : file, answer: 'redirect' }),
          (thrown) => thrown instanceof Problem && thrown.code === 'configuration-invalid' && (thrown.detail ?? '').includes(sentence),
        ),
      ));
});
