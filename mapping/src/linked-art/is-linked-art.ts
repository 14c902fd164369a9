import { type JsonNode, texts } from '../json-node.ts';

/** Whether a record says that it is Linked Art, of any version. */
export const isLinkedArt = (record: JsonNode): boolean => texts(record['@context']).some((context) => /linked\.art\//.test(context));
