import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';

export const NAV_PLACE = 'http://iiif.io/api/extension/navplace/context.json';

/** Places with coordinates as GeoJSON (navPlace extension 1.0, 2; RFC 7946); undefined where there are none. */
export function navPlace(manifest: string, places: MuseumObject['place']) {
  const features = places.flatMap(({ label, longitude, latitude }, place) =>
    longitude === undefined || latitude === undefined
      ? []
      : [
          {
            id: `${manifest}/place/${place + 1}`,
            type: 'Feature' as const,
            properties: { label },
            geometry: { type: 'Point' as const, coordinates: [longitude, latitude] },
          },
        ],
  );
  return features.length === 0 ? undefined : { id: `${manifest}/place`, type: 'FeatureCollection' as const, features };
}
