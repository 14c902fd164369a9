import openCodec from '@cornerstonejs/codec-openjpeg/wasmjs';

/** Pixels row by row, a byte a sample. */
export type Jp2Pixels = { readonly data: Uint8Array; readonly width: number; readonly height: number; readonly channels: number };

const DECOMPOSITIONS = 5;
/** About the weight of a JPEG of quality 85. */
const RATIO = 12;

let opened: ReturnType<typeof openCodec> | undefined;

// What OpenJPEG says of its progress is of no use to anybody.
const codec = () => {
  opened ??= openCodec({ print: () => {}, printErr: () => {} });
  return opened;
};

/**
 * A JPEG 2000 file at one of its sizes, all of it; OpenJPEG in WebAssembly. Takes about 16 bytes a pixel, which stay taken.
 *
 * @param level how often the sides are halved
 * @throws Error where it can't be decoded
 */
export async function decodeJp2(file: Uint8Array, level: number): Promise<Jp2Pixels> {
  const { J2KDecoder } = await codec();
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    decoder.decodeSubResolution(level, 0);
    const { bitsPerSample, componentCount: channels } = decoder.getFrameInfo();
    const { width, height } = decoder.calculateSizeAtDecompositionLevel(level);
    const samples = decoder.getDecodedBuffer();
    const count = width * height * channels;
    if (count === 0 || samples.length !== count * (bitsPerSample > 8 ? 2 : 1)) throw new Error('nothing was decoded');
    return { data: toBytes(samples, bitsPerSample), width, height, channels };
  } finally {
    decoder.delete();
  }
}

/** Samples of any depth to eight bits. The result is a copy: what the decoder has is used again. */
function toBytes(samples: Uint8Array, bits: number): Uint8Array {
  if (bits === 8) return samples.slice();
  const most = 2 ** bits - 1;
  if (bits < 8) return samples.map((sample) => Math.round((sample * 255) / most));
  const words = new Uint16Array(samples.slice().buffer);
  return Uint8Array.from(words, (sample) => Math.round((sample * 255) / most));
}

/** Pixels as a codestream. @param ratio how many times smaller it is to be; `lossless` can be undone to the last bit */
export async function encodeJp2({ data, width, height, channels }: Jp2Pixels, ratio: number | 'lossless' = RATIO): Promise<Uint8Array> {
  const { J2KEncoder } = await codec();
  const encoder = new J2KEncoder();
  try {
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: channels, isSigned: false }).set(data);
    encoder.setDecompositions(Math.min(DECOMPOSITIONS, Math.floor(Math.log2(Math.min(width, height)))));
    // The second argument is the number of layers: without one a ratio has nothing to hold for.
    encoder.setQuality(ratio === 'lossless', ratio === 'lossless' ? 0 : 1);
    if (ratio !== 'lossless') encoder.setCompressionRatio(0, ratio);
    encoder.encode();
    return Uint8Array.from(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}
