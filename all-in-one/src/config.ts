import { converterConfig } from '@vitrine/converter/config.ts';
import { harvesterConfig } from '@vitrine/harvester/config.ts';
import { imageConfig } from '@vitrine/image/config.ts';
import { manifestConfig } from '@vitrine/manifest/config.ts';
import { platformConfig } from '@vitrine/platform/platform-config.ts';
import { searchConfig } from '@vitrine/search/config.ts';
import Type, { type Static } from 'typebox';

/** Settings of the one process alone. */
const startConfig = Type.Object({
  VITRINE_DEMO_PORT: Type.Integer({
    default: 8081,
    minimum: 1,
    maximum: 65535,
    description:
      'The port of the demo museum, which starts when no source is named. Its records keep their addresses, so it does not change by itself.',
  }),
});

/** Every setting, by the part that reads it, in the order of the reference page. */
export const configParts = [
  ['The process', platformConfig],
  ['Harvester', harvesterConfig],
  ['Converter', converterConfig],
  ['Manifests', manifestConfig],
  ['Images', imageConfig],
  ['Search', searchConfig],
  ['The demo', startConfig],
] as const;

export const vitrineConfig = Type.Object({
  ...platformConfig.properties,
  ...harvesterConfig.properties,
  ...converterConfig.properties,
  ...manifestConfig.properties,
  ...imageConfig.properties,
  ...searchConfig.properties,
  ...startConfig.properties,
});

export type VitrineConfig = Static<typeof vitrineConfig>;
