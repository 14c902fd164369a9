import { Problem } from './problem.ts';

/** What `work` answers, or `port-unavailable` when it has not within `milliseconds`. */
export async function withDeadline<T>(name: string, milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Problem('port-unavailable', { detail: `${name} has not answered for ${milliseconds} ms` })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
