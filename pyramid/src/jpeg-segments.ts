/** One marker segment of a JPEG, its payload without marker and length. */
export type JpegSegment = { readonly marker: number; readonly payload: Buffer };

/** A baseline scan and what comes before it. */
export type JpegParts = { readonly segments: readonly JpegSegment[]; readonly scan: Buffer };

export const MARKER = { sof0: 0xc0, dht: 0xc4, rst0: 0xd0, soi: 0xd8, eoi: 0xd9, sos: 0xda, dri: 0xdd } as const;

const END = Buffer.from([0xff, MARKER.eoi]);

/** Segments up to the first scan, and the scan's entropy-coded bytes to the end of the image (ITU-T T.81, B.1). Undefined where it is none. */
export function jpegParts(jpeg: Buffer): JpegParts | undefined {
  const segments = jpegSegments(jpeg);
  if (segments?.at(-1)?.marker !== MARKER.sos) return undefined;
  const start = segments.reduce((sum, { payload }) => Math.max(sum, payload.byteOffset - jpeg.byteOffset + payload.length), 0);
  const end = jpeg.lastIndexOf(END);
  return { segments, scan: jpeg.subarray(start, end > start ? end : jpeg.length) };
}

/** The segments to the first scan's, or to the end. Undefined where it is no JPEG. */
export function jpegSegments(jpeg: Buffer): readonly JpegSegment[] | undefined {
  if (jpeg.length < 2 || jpeg.readUInt16BE(0) !== 0xffd8) return undefined;
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
    if (marker === MARKER.sos) break;
  }
  return segments;
}

/** A marker segment as bytes. */
export function segmentBytes({ marker, payload }: JpegSegment): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/** A picture of another size by the same start of frame (T.81, B.2.2). */
export function resizedFrame({ marker, payload }: JpegSegment, width: number, height: number): JpegSegment {
  const changed = Buffer.from(payload);
  changed.writeUInt16BE(height, 1);
  changed.writeUInt16BE(width, 3);
  return { marker, payload: changed };
}

/** Where a scan restarts: each part's half-open range, without the markers between them (T.81, B.2.1 and F.1.1.5.2). */
export function restartParts(scan: Buffer): Uint32Array {
  const marks: number[] = [0];
  for (let at = scan.indexOf(0xff); at >= 0 && at + 1 < scan.length; at = scan.indexOf(0xff, at + 2)) {
    const follows = scan[at + 1] ?? 0;
    if (follows >= MARKER.rst0 && follows < MARKER.rst0 + 8) marks.push(at, at + 2);
  }
  marks.push(scan.length);
  return Uint32Array.from(marks);
}
