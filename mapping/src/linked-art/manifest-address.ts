import { type JsonNode, nodes, texts } from '../json-node.ts';

const PRESENTATION_API = /^https?:\/\/iiif\.io\/api\/presentation/;

/** The IIIF manifest that a record names as its own: what a text about it is carried by (Linked Art 1.0, model/digital), or, as the Getty has it, that text itself. */
export function manifestAddress(record: JsonNode): string | undefined {
  for (const subject of nodes(record['subject_of']))
    for (const carrier of [subject, ...nodes(subject['digitally_carried_by'])]) {
      if (!texts(carrier['conforms_to']).some((id) => PRESENTATION_API.test(id))) continue;
      const [address] = [...texts(carrier['access_point']), ...texts(carrier['id'])];
      if (address !== undefined && /^https?:\/\/\S+$/.test(address)) return address;
    }
  return undefined;
}
