import { randomBytes } from 'node:crypto';

/** A new trace (W3C Trace Context, 3.2): where work begins that no event caused. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The trace id within a traceparent. */
export function traceId(traceparent: string | undefined): string | undefined {
  return traceparent?.split('-')[1];
}
