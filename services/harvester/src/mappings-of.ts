import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { MAPPINGS } from '@vitrine/mapping/mappings.ts';
import { ownFormat } from './own-mapping/own-format.ts';

const OWN = ', own ';

/** By what the records of a source are mapped: noted with the source, so that a change of it is seen. */
export const mappingsOf = ({ mapping }: SourceDefinition): string =>
  mapping === undefined ? MAPPINGS : `${MAPPINGS}${OWN}${ownFormat(mapping)}`;

/** What of that is the source's own. */
export const ownPart = (mappedBy: string | undefined): string => mappedBy?.split(OWN)[1] ?? '';
