import { Tokenizer } from 'htmlparser2';

export type HtmlReader = {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
};

/**
 * Reads HTML, good or bad, as tags and texts, references resolved. No tree is built: the library's own parser keeps one, whose cost rises with the square of how deep the tags of a hostile
 * text lie in one another; this is linear.
 */
export function readHtml(html: string, { open, text, close }: HtmlReader): void {
  let name = '';
  let attribute = '';
  let attributes: Record<string, string> = {};
  const nothing = () => {};
  const opened = () => {
    open(name, attributes);
    attributes = {};
  };
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: true },
    {
      onopentagname: (start, end) => {
        name = html.slice(start, end).toLowerCase();
        attributes = {};
      },
      onattribname: (start, end) => {
        attribute = html.slice(start, end).toLowerCase();
        if (/^[a-z]+$/.test(attribute)) attributes[attribute] ??= '';
      },
      onattribdata: (start, end) => {
        if (attribute in attributes) attributes[attribute] += html.slice(start, end);
      },
      onattribentity: (point) => {
        if (attribute in attributes) attributes[attribute] += String.fromCodePoint(point);
      },
      onattribend: nothing,
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: (start, end) => close(html.slice(start, end).toLowerCase()),
      ontext: (start, end) => text(html.slice(start, end)),
      ontextentity: (point) => text(String.fromCodePoint(point)),
      oncomment: nothing,
      oncdata: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
