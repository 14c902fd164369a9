import { Problem } from '@vitrine/platform/problem.ts';
import { Parser } from 'htmlparser2';

const MAX_DEPTH = 200;

export type Attributes = Readonly<Record<string, string>>;

/** What a format makes of its elements: names without their prefix; of HTML in small letters. */
export type MarkupReader = {
  open(element: string, attributes: Attributes): void;
  close(element: string): void;
  text(text: string): void;
};

/**
 * Reads XML, or HTML as it is found, in one pass. Entities of nobody's stay as they are written, none is ever expanded from a DTD, and what
 * declares its own is refused.
 *
 * @throws Problem `text-not-xml`
 */
export function readMarkup(source: string, kind: 'xml' | 'html', reader: MarkupReader): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++;
        if (depth > MAX_DEPTH) throw new Problem('text-not-xml', { detail: `nested deeper than ${MAX_DEPTH}` });
        reader.open(localName(name), attributes);
      },
      onclosetag(name, implied) {
        depth--;
        // A file that ends before its root does was cut on its way.
        if (implied && kind === 'xml' && depth === 0) throw new Problem('text-not-xml', { detail: `the end of ${name} is missing` });
        reader.close(localName(name));
      },
      ontext: (text) => reader.text(text),
      onprocessinginstruction(name, data) {
        if (name.toLowerCase() === '!doctype' && data.includes('['))
          throw new Problem('text-not-xml', { detail: 'a DOCTYPE with declarations is refused' });
      },
    },
    { xmlMode: kind === 'xml', recognizeSelfClosing: true, decodeEntities: true },
  );
  parser.write(source);
  parser.end();
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
