import type { Static } from 'typebox';
import type { converterConfig } from './config.ts';
import { conversionSettings } from './conversion-settings.ts';
import type { ConverterPartsDeps } from './converter-parts.ts';
import { parseMasterPlaces } from './masters/master-places.ts';

type PartsSettings = Omit<ConverterPartsDeps, 'documents' | 'blobs' | 'publish' | 'now' | 'outbound' | 'workFolder' | 'instance'>;

/** What the settings say of converting, for the service and the function. @throws Problem `configuration-invalid` */
export function partsSettings(config: Static<typeof converterConfig>): PartsSettings {
  return {
    converters: config.VITRINE_CONVERTERS,
    memoryMegabytes: config.VITRINE_CONVERTER_MEMORY_MB,
    totalMegabytes: config.VITRINE_CONVERTERS_MEMORY_MB,
    seconds: config.VITRINE_CONVERTER_SECONDS,
    settings: conversionSettings(config),
    maxBytes: config.VITRINE_MASTER_MAX_BYTES,
    maxPixels: config.VITRINE_MASTER_MAX_PIXELS,
    places: parseMasterPlaces(config.VITRINE_MASTER_PLACES),
  };
}
