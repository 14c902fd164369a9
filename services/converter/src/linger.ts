import { NotWanted } from './conversions-under-way.ts';

/** Milliseconds that a conversion may still take when its process is to end: most are done by then, and need not be begun again. */
const LINGER = 7000;

/** Work whose own signal aborts that much later than the one given; but at once where that says what nobody wants any more. */
export async function linger<T>(signal: AbortSignal, work: (late: AbortSignal) => Promise<T>, milliseconds = LINGER): Promise<T> {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    if (signal.reason instanceof NotWanted) ended.abort(signal.reason);
    else timer = setTimeout(() => ended.abort(signal.reason), milliseconds);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', wait, { once: true });
  try {
    return await work(ended.signal);
  } finally {
    signal.removeEventListener('abort', wait);
    clearTimeout(timer);
  }
}
