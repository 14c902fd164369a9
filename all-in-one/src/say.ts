import type { Say } from './show-progress.ts';

/** Words for a person, a line that is written over on a terminal, or JSON lines for a program. */
export function createSay(out: NodeJS.WriteStream, json: boolean): Say {
  if (json) {
    const write = (event: string, fields: Record<string, unknown>) => void out.write(`${JSON.stringify({ event, ...fields })}\n`);
    return {
      detail: write,
      line: (event, _words, fields = {}) => write(event, fields),
      progress: (_words, fields) => write('progress', fields),
    };
  }
  let open = false;
  return {
    detail: () => {},
    line: (_event, words) => {
      out.write(`${open ? '\n' : ''}${words}\n`);
      open = false;
    },
    progress: (words) => {
      out.write(out.isTTY ? `\r\u001b[K${words}` : `${words}\n`);
      open = out.isTTY;
    },
  };
}
