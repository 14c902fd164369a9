// What is used of @cornerstonejs/codec-openjpeg, which brings no types.
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  type Frame = { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
  class J2KEncoder {
    /** Where the samples go, pixel by pixel. */
    getDecodedBuffer(frame: Frame): Uint8Array;
    setQuality(lossless: boolean, quality: number): void;
    setCompressionRatio(layer: number, ratio: number): void;
    setDecompositions(levels: number): void;
    encode(): void;
    /** A bare codestream. */
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  export default function open(): Promise<{ J2KEncoder: typeof J2KEncoder }>;
}
