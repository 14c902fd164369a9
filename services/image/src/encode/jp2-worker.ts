// The thread that encodes JPEG 2000, by OpenJPEG in WebAssembly: one picture at a time.

import { parentPort } from 'node:worker_threads';
import openCodec from '@cornerstonejs/codec-openjpeg/wasmjs';
import type { Jp2Task } from './encode-jp2.ts';

const DECOMPOSITIONS = 5;
/** About the weight of a JPEG of quality 85. */
const RATIO = 12;

const codec = openCodec();

parentPort?.on('message', async ({ data, width, height, channels }: Jp2Task) => {
  const { J2KEncoder } = await codec;
  const encoder = new J2KEncoder();
  try {
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: channels, isSigned: false }).set(data);
    encoder.setDecompositions(Math.min(DECOMPOSITIONS, Math.floor(Math.log2(Math.min(width, height)))));
    encoder.setQuality(false, 0);
    encoder.setCompressionRatio(0, RATIO);
    encoder.encode();
    parentPort?.postMessage({ codestream: Uint8Array.from(encoder.getEncodedBuffer()) });
  } catch (thrown) {
    parentPort?.postMessage({ fault: String(thrown) });
  } finally {
    encoder.delete();
  }
});
