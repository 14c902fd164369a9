import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';

export type MuseumImage = MuseumObject['images'][number];
