import type { Static } from 'typebox';
import { Default, Parse } from 'typebox/value';
import type { ConversionSettings } from './child/conversion-task.ts';
import { converterConfig } from './config.ts';

/** How derivatives are made, of the service's settings. */
export function conversionSettings(config: Static<typeof converterConfig>): ConversionSettings {
  return {
    encoding: config.VITRINE_DERIVATIVE_ENCODING,
    quality: config.VITRINE_DERIVATIVE_QUALITY,
    jp2Ratio: config.VITRINE_DERIVATIVE_JP2_RATIO,
    tile: config.VITRINE_DERIVATIVE_TILE === '512' ? 512 : 256,
    background: config.VITRINE_DERIVATIVE_BACKGROUND,
    keepJp2: config.VITRINE_JP2_MASTERS === 'keep',
    pdfDpi: config.VITRINE_PDF_DPI,
    thumbnails: config.VITRINE_DERIVATIVE_THUMBNAILS.split(',').filter(Boolean).map(Number),
  };
}

/** As they are where nothing is set. */
export const standardSettings: ConversionSettings = conversionSettings(Parse(converterConfig, Default(converterConfig, {})));
