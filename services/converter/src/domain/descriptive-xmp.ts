import { SaxesParser } from 'saxes';
import { iptcDescription } from './iptc-description.ts';

/** A property of XMP (ISO 16684-1, 8) that is kept: who made it, whose it is, what it shows. */
type Property = { readonly prefix: string; readonly name: string; readonly form: 'text' | 'alternatives' | 'list' };

const NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmpRights: 'http://ns.adobe.com/xap/1.0/rights/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  cc: 'http://creativecommons.org/ns#',
} as const;
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

/** The list; all else, such as camera, place, history and thumbnails, stays with the master. */
const KEPT: readonly Property[] = [
  { prefix: 'dc', name: 'title', form: 'alternatives' },
  { prefix: 'dc', name: 'creator', form: 'list' },
  { prefix: 'dc', name: 'description', form: 'alternatives' },
  { prefix: 'dc', name: 'rights', form: 'alternatives' },
  { prefix: 'dc', name: 'source', form: 'text' },
  { prefix: 'dc', name: 'identifier', form: 'text' },
  { prefix: 'xmpRights', name: 'Marked', form: 'text' },
  { prefix: 'xmpRights', name: 'WebStatement', form: 'text' },
  { prefix: 'xmpRights', name: 'UsageTerms', form: 'alternatives' },
  { prefix: 'xmpRights', name: 'Owner', form: 'list' },
  { prefix: 'photoshop', name: 'Credit', form: 'text' },
  { prefix: 'photoshop', name: 'Source', form: 'text' },
  { prefix: 'photoshop', name: 'Headline', form: 'text' },
  { prefix: 'cc', name: 'license', form: 'text' },
];

const LONGEST_PACKET = 4_000_000;
const LONGEST_VALUE = 4000;
const MOST_VALUES = 100;
const DEEPEST = 32;

type Value = { readonly text: string; readonly language: string | undefined };
/** By `prefix:name`. */
export type Description = ReadonlyMap<string, readonly Value[]>;

export type KeptDescription = {
  /** A packet with what is kept, where there is any. */
  readonly xmp: string | undefined;
  readonly kept: string[];
  readonly lost: string[];
};

/** What of a master's descriptions goes with its derivative: rights and description, from its XMP, else from its IPTC record. */
export function descriptiveXmp({ xmp, iptc }: { xmp: string | undefined; iptc: Buffer | undefined }): KeptDescription {
  const read = xmp === undefined ? undefined : readXmp(xmp);
  const found = new Map([...(iptc ? iptcDescription(iptc) : []), ...(read ?? [])]);
  const kept = KEPT.map(({ prefix, name }) => `${prefix}:${name}`).filter((name) => (found.get(name)?.length ?? 0) > 0);
  return {
    xmp: kept.length > 0 ? packet(found) : undefined,
    kept,
    lost: xmp !== undefined && !read ? ['its XMP: it can’t be read'] : [],
  };
}

/** The kept properties of a packet, written as elements or as attributes; undefined where it is no XML that we read. */
function readXmp(packet: string): Description | undefined {
  if (packet.length > LONGEST_PACKET) return undefined;
  const found = new Map<string, Value[]>();
  const parser = new SaxesParser({ xmlns: true });
  const open: { property?: string; language?: string; text: string; leaf: boolean }[] = [];
  const add = (property: string, text: string, language: string | undefined) => {
    const values = found.get(property) ?? [];
    const value = text.trim().slice(0, LONGEST_VALUE);
    if (value !== '' && values.length < MOST_VALUES) found.set(property, [...values, { text: value, language }]);
  };
  let sound = true;
  const give = () => {
    sound = false;
  };
  parser.on('error', give);
  parser.on('doctype', give);
  parser.on('opentag', ({ uri, local, attributes }) => {
    if (open.length >= DEEPEST) return give();
    const inside = open.at(-1);
    if (inside) inside.leaf = false;
    const own = uri === RDF && local === 'Description' ? Object.values(attributes) : [];
    for (const attribute of own) {
      const name = nameOf(attribute.uri, attribute.local);
      if (name !== undefined) add(name, attribute.value, undefined);
    }
    const property = inside?.property ?? nameOf(uri, local);
    const language = attributes['xml:lang']?.value;
    const resource = attributes['rdf:resource']?.value;
    if (property !== undefined && resource !== undefined) add(property, resource, undefined);
    open.push({ ...(property === undefined ? {} : { property }), ...(language === undefined ? {} : { language }), text: '', leaf: true });
  });
  parser.on('text', (text) => {
    const inside = open.at(-1);
    if (inside?.property !== undefined) inside.text += text;
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed?.property !== undefined && closed.leaf) add(closed.property, closed.text, closed.language);
  });
  try {
    parser.write(packet.slice(packet.indexOf('<'), packet.lastIndexOf('>') + 1)).close();
  } catch {
    return undefined;
  }
  return sound ? found : undefined;
}

function nameOf(uri: string, local: string): string | undefined {
  const known = KEPT.find(({ prefix, name }) => name === local && Reflect.get(NAMESPACES, prefix) === uri);
  return known && `${known.prefix}:${known.name}`;
}

function packet(description: Description): string {
  const properties = KEPT.flatMap(({ prefix, name, form }) => {
    const values = description.get(`${prefix}:${name}`) ?? [];
    return values.length === 0 ? [] : [`<${prefix}:${name}>${content(values, form)}</${prefix}:${name}>`];
  });
  const namespaces = Object.entries(NAMESPACES).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`);
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${RDF}"><rdf:Description rdf:about="" ${namespaces.join(' ')}>`,
    ...properties,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n');
}

function content(values: readonly Value[], form: Property['form']): string {
  if (form === 'text') return escaped(values[0]?.text ?? '');
  const items = values.map(({ text, language }) =>
    form === 'alternatives'
      ? `<rdf:li xml:lang="${escaped(language ?? 'x-default')}">${escaped(text)}</rdf:li>`
      : `<rdf:li>${escaped(text)}</rdf:li>`,
  );
  const list = form === 'alternatives' ? 'rdf:Alt' : 'rdf:Seq';
  return `<${list}>${items.join('')}</${list}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Without what XML 1.0 has no place for. */
const escaped = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replace(/[&<>"]/g, (found) => ESCAPES[found] ?? '');
