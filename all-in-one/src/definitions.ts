import { console } from '@vitrine/console/definition.ts';
import { converter } from '@vitrine/converter/definition.ts';
import { harvester } from '@vitrine/harvester/definition.ts';
import { image } from '@vitrine/image/definition.ts';
import { manifest } from '@vitrine/manifest/definition.ts';
import { search } from '@vitrine/search/definition.ts';

/** Every service. The harvester comes last: what consumes its events is there. */
export const definitions = [console, image, search, manifest, converter, harvester] as const;
