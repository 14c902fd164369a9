import { accessAssigned } from './events/access-assigned.ts';
import { accessPolicyPublished } from './events/access-policy-published.ts';
import { bulkConversionRequested, conversionRequested } from './events/conversion-requested.ts';
import type { EventContract } from './events/define-event.ts';
import { imageConverted } from './events/image-converted.ts';
import { imageDescribed } from './events/image-described.ts';
import { imageRejected } from './events/image-rejected.ts';
import { imageWithdrawn } from './events/image-withdrawn.ts';
import { manifestPublished } from './events/manifest-published.ts';
import { manifestWithdrawn } from './events/manifest-withdrawn.ts';
import { objectHarvested } from './events/object-harvested.ts';
import { objectWithdrawn } from './events/object-withdrawn.ts';
import { outcomeRecorded } from './events/outcome-recorded.ts';
import { fullReplayRequested, letterReplayRequested } from './events/replay-requested.ts';
import { textIndexed } from './events/text-indexed.ts';
import { textRejected } from './events/text-rejected.ts';
import { textWithdrawn } from './events/text-withdrawn.ts';

/** Every event of the product. What is not here is not spoken on the bus. */
export const eventContracts: readonly EventContract[] = [
  objectHarvested,
  objectWithdrawn,
  imageConverted,
  imageDescribed,
  imageRejected,
  imageWithdrawn,
  manifestPublished,
  manifestWithdrawn,
  textIndexed,
  textRejected,
  textWithdrawn,
  accessAssigned,
  accessPolicyPublished,
  conversionRequested,
  bulkConversionRequested,
  outcomeRecorded,
  letterReplayRequested,
  fullReplayRequested,
];
