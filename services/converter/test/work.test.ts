import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sleep } from '@vitrine/platform/sleep.ts';
import pino from 'pino';
import { ConversionGate } from '../src/conversion-gate.ts';
import { NotWanted } from '../src/conversions-under-way.ts';
import { diskRoom } from '../src/disk-room.ts';
import { createdObjects, imageOfKey, s3Address } from '../src/domain/object-created.ts';
import { profileName } from '../src/domain/profile-name.ts';
import { sniffMaster } from '../src/domain/sniff-master.ts';
import { linger } from '../src/linger.ts';

const never = new AbortController().signal;

suite('whose turn it is', () => {
  test('urgent work before bulk, and of bulk each source in turn', async () => {
    const gate = new ConversionGate(1);
    const order: string[] = [];
    const first = await gate.enter(undefined, never);
    const work = (name: string, source?: string) =>
      gate.enter(source, never).then((leave) => {
        order.push(name);
        leave();
      });
    const all = [work('a1', 'a'), work('a2', 'a'), work('a3', 'a'), work('b1', 'b'), work('urgent'), work('c1', 'c')];
    first();
    await Promise.all(all);
    assert.deepEqual(order, ['urgent', 'a1', 'b1', 'c1', 'a2', 'a3']);
  });

  test('who gives up leaves the queue, and nobody waits for them', async () => {
    const gate = new ConversionGate(1);
    const leave = await gate.enter(undefined, never);
    const giving = new AbortController();
    const gone = gate.enter('a', giving.signal);
    const next = gate.enter('a', never);
    giving.abort(new Error('stopped'));
    await assert.rejects(gone, /stopped/);
    leave();
    (await next)();
    (await gate.enter('b', never))();
  });

  test('bulk work waits while the disk is full, and ends with the service', async () => {
    let free = 50;
    const room = diskRoom('/data', 10, pino({ level: 'silent' }), async () => free);
    await room.wait(never);
    free = 3;
    const ending = new AbortController();
    const waiting = room.wait(ending.signal);
    await sleep(20, never);
    ending.abort(new Error('stopped'));
    await assert.rejects(waiting, /stopped/);
  });
});

suite('what notifications say', () => {
  const record = (eventName: string, key: string, arn?: string, eTag: string | null = '"abc"') => ({
    Records: [{ eventName, s3: { bucket: { name: 'masters', ...(arn === undefined ? {} : { arn }) }, object: { key, eTag } } }],
  });
  const table: readonly (readonly [string, unknown, unknown])[] = [
    [
      'Amazon’s, its key encoded as forms do',
      record('ObjectCreated:Put', 'vase/a+b%C3%A9.tif', 'arn:aws:s3:::masters'),
      [{ bucket: 'masters', key: 'vase/a bé.tif', etag: 'abc' }],
    ],
    [
      'VersityGW’s, its key as it is in the ARN, whatever it names the bucket',
      record('s3:ObjectCreated:CompleteMultipartUpload', 'wrong', 'arn:aws:s3:::/real/vase/m+1 100%.tif'),
      [{ bucket: 'real', key: 'vase/m+1 100%.tif', etag: 'abc' }],
    ],
    ['a deletion', record('s3:ObjectRemoved:Delete', 'vase/a.tif', undefined, null), []],
    ['a key that can’t be decoded', record('ObjectCreated:Put', 'vase/%E0%A4%A.tif'), []],
    ['the test at the start', { Event: 's3:TestEvent', Service: 'S3' }, []],
    ['something else', { hello: 'world' }, undefined],
    ['nothing', undefined, undefined],
  ];
  for (const [name, notification, expected] of table) test(name, () => assert.deepEqual(createdObjects(notification), expected));

  const keys: readonly (readonly [string, unknown])[] = [
    ['vase/front.tif', { object: 'vase', image: 'vase-front' }],
    ['vase/front.v2.tif', { object: 'vase', image: 'vase-front.v2' }],
    ['front.tif', undefined],
    ['vase/a/front.tif', undefined],
    ['Vase/front.tif', undefined],
    ['vase/.tif', undefined],
    ['../front.tif', undefined],
  ];
  for (const [key, expected] of keys) test(`the key ${key}`, () => assert.deepEqual(imageOfKey(key), expected));
  test('an address holds any key', () => assert.equal(s3Address({ bucket: 'b', key: 'a b/c?d#.tif' }), 's3://b/a%20b/c%3Fd%23.tif'));
});

suite('what a file is by its first bytes', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const table: readonly (readonly [string, Buffer, string])[] = [
    ['JPEG', bytes('\xff\xd8\xff\xe0'), 'jpeg'],
    ['BigTIFF', bytes('II+\0\x08\0\0\0'), 'tiff'],
    ['AVIF', bytes('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf'), 'avif'],
    ['HEIC', bytes('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'a HEIC file'],
    ['QuickTime', bytes('\0\0\0\x14ftypqt  \0\0\0\0qt  '), 'a video (MP4, QuickTime)'],
    ['Canon CR2, which begins as a TIFF', bytes('II*\0\x10\0\0\0CR\x02\0'), 'a camera raw file (Canon CR2)'],
    ['PDF behind something else', Buffer.concat([Buffer.alloc(900, 0x20), bytes('%PDF-1.7')]), 'pdf'],
    ['SVG with a byte order mark', bytes('\xef\xbb\xbf<?xml version="1.0"?><svg/>'), 'an SVG drawing'],
    ['a web page', bytes('  <!DOCTYPE html>'), 'a web page (HTML)'],
    ['nothing', Buffer.alloc(0), 'empty'],
  ];
  for (const [name, start, expected] of table)
    test(name, () => {
      const found = sniffMaster(start);
      assert.equal(found?.kind === 'unsupported' ? found.what : found?.kind, expected);
    });
  test('what is like nothing is nothing', () => assert.equal(sniffMaster(bytes('hello')), undefined));
  test('a profile without tables has no name', () => assert.equal(profileName(Buffer.alloc(140, 0xff)), ''));
});

suite('work whose process is to end', () => {
  const ending = () => new AbortController();
  const slow = (signal: AbortSignal) => sleep(30, signal).then(() => (signal.aborted ? 'given up' : 'done'));

  test('is finished within its time', async () => {
    const end = ending();
    const work = linger(end.signal, slow, 5000);
    end.abort(new Error('stopped'));
    assert.equal(await work, 'done');
  });

  test('is given up after it, and at once where nobody wants it', async () => {
    for (const [reason, milliseconds] of [
      [new Error('stopped'), 1],
      [new NotWanted('cancelled'), 60_000],
    ] as const) {
      const end = ending();
      const work = linger(end.signal, (signal) => sleep(60_000, signal).then(() => signal.reason), milliseconds);
      end.abort(reason);
      assert.equal(await work, reason);
    }
  });

  test('is not begun when it has ended already', async () => {
    await assert.rejects(linger(AbortSignal.abort(new Error('stopped')), slow), /stopped/);
  });
});
