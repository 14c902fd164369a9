import { asDocument, childOf, type XmlElement, xmlTree } from '@vitrine/mapping/xml/xml-tree.ts';
import { Problem } from '@vitrine/platform/problem.ts';

const OAI = 'http://www.openarchives.org/OAI/2.0/';

export type OaiIdentity = {
  /** Whether every deletion is told (2.5.1: `persistent`). */
  readonly tellsDeletions: boolean;
  /** Whether times have seconds (2.7.1), or are days. */
  readonly hasSeconds: boolean;
};

type OaiRecord = {
  readonly id: string;
  readonly time: number | undefined;
  readonly gone: boolean;
  readonly metadata: string | undefined;
};

export type OaiPage = { readonly records: readonly OaiRecord[]; readonly unusable: number; readonly token: string | undefined };

/** OAI-PMH 2.0, 4.2. @throws Problem `listing-invalid` */
export function oaiIdentity(bytes: Uint8Array, place: string): OaiIdentity {
  const identify = childOf(envelope(bytes, place).root, 'Identify');
  if (!identify) throw new Problem('listing-invalid', { detail: `${place} does not identify itself as OAI-PMH` });
  return {
    tellsDeletions: childOf(identify, 'deletedRecord')?.text.trim() === 'persistent',
    hasSeconds: /T/i.test(childOf(identify, 'granularity')?.text ?? ''),
  };
}

/**
 * OAI-PMH 2.0, 4.5. That nothing matches is an empty page.
 *
 * @throws Problem `listing-invalid` for what is no answer, or says that it can't be given
 */
export function oaiPage(bytes: Uint8Array, place: string): OaiPage {
  const { root, error } = envelope(bytes, place);
  if (error?.code === 'noRecordsMatch') return { records: [], unusable: 0, token: undefined };
  if (error) throw new Problem('listing-invalid', { detail: `${place} says ${error.code}: ${error.words}` });
  const list = childOf(root, 'ListRecords');
  if (!list) throw new Problem('listing-invalid', { detail: `${place} lists no records` });
  const elements = list.children.filter(({ name }) => name === 'record');
  const records = elements.flatMap((record) => oaiRecord(record) ?? []);
  // 3.5: an empty token says that the list is complete.
  const token = childOf(list, 'resumptionToken')?.text.trim() || undefined;
  return { records, unusable: elements.length - records.length, token };
}

function oaiRecord(record: XmlElement): OaiRecord | undefined {
  const header = childOf(record, 'header');
  const id = childOf(header, 'identifier')?.text.trim();
  if (!id) return undefined;
  const time = Date.parse(childOf(header, 'datestamp')?.text.trim() ?? '');
  const metadata = childOf(record, 'metadata')?.children[0];
  return {
    id,
    time: Number.isNaN(time) ? undefined : time,
    gone: header?.attributes['status'] === 'deleted',
    metadata: metadata && asDocument(metadata),
  };
}

function envelope(bytes: Uint8Array, place: string) {
  const root = xmlTree(bytes, place);
  if (root.name !== 'OAI-PMH') throw new Problem('listing-invalid', { detail: `${place} answers ${root.name}, not OAI-PMH` });
  if (root.uri !== OAI) throw new Problem('listing-invalid', { detail: `${place} is of another version than OAI-PMH 2.0` });
  const error = childOf(root, 'error');
  return { root, error: error && { code: error.attributes['code'] ?? 'an error', words: error.text.trim().slice(0, 300) } };
}
