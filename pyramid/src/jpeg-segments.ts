/** One marker segment of a JPEG, its payload without marker and length. */
export type JpegSegment = { readonly marker: number; readonly payload: Buffer };

/** A baseline scan and what comes before it. */
export type JpegParts = { readonly segments: readonly JpegSegment[]; readonly scan: Buffer };

export const MARKER = { sof0: 0xc0, sof2: 0xc2, dht: 0xc4, soi: 0xd8, eoi: 0xd9, sos: 0xda, dqt: 0xdb, dri: 0xdd } as const;

/** Segments up to the first scan, and the scan's entropy-coded bytes to the end of the image (ITU-T T.81, B.1). Undefined where it is none. */
export function jpegParts(jpeg: Buffer): JpegParts | undefined {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return undefined;
  const segments: JpegSegment[] = [];
  for (let at = 2; at + 4 <= jpeg.length; ) {
    if (jpeg[at] !== 0xff) return undefined;
    const marker = jpeg[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = jpeg.readUInt16BE(at + 2);
    if (length < 2 || at + 2 + length > jpeg.length) return undefined;
    segments.push({ marker, payload: jpeg.subarray(at + 4, at + 2 + length) });
    at += 2 + length;
    if (marker === MARKER.sos) {
      const end = jpeg.lastIndexOf(Buffer.from([0xff, MARKER.eoi]));
      return { segments, scan: jpeg.subarray(at, end > at ? end : jpeg.length) };
    }
  }
  return undefined;
}

/** A marker segment as bytes. */
export function segmentBytes({ marker, payload }: JpegSegment): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}
