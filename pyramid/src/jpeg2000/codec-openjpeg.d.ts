// What is used of @cornerstonejs/codec-openjpeg, which brings no types.
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  type Frame = { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
  class J2KEncoder {
    /** Where the samples go, pixel by pixel. */
    getDecodedBuffer(frame: Frame): Uint8Array;
    setQuality(lossless: boolean, layers: number): void;
    setCompressionRatio(layer: number, ratio: number): void;
    setDecompositions(levels: number): void;
    encode(): void;
    /** A bare codestream. */
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  class J2KDecoder {
    /** Where a JP2 file or a codestream goes. */
    getEncodedBuffer(length: number): Uint8Array;
    /** @param level how often the sides are halved @param layers 0 is all */
    decodeSubResolution(level: number, layers: number): void;
    calculateSizeAtDecompositionLevel(level: number): { width: number; height: number };
    /** Samples pixel by pixel, of one byte, or two where there are more than eight bits. */
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): Frame;
    delete(): void;
  }
  /** @param options `print` is told what OpenJPEG says of its progress */
  export default function open(options?: { print?: (text: string) => void; printErr?: (text: string) => void }): Promise<{
    J2KEncoder: typeof J2KEncoder;
    J2KDecoder: typeof J2KDecoder;
  }>;
}
