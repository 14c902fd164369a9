import type { SourceDocument, StreamState } from './stores.ts';

/** What is known of an address of a source since it was last walked. */
export const streamState = ({ streams }: Pick<SourceDocument, 'streams'>, address: string): StreamState =>
  streams.find((stream) => stream.address === address) ?? { address };
