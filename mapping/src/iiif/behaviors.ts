/** Values of `behavior` that there are (Presentation API 3.0, 3.2). */
export const BEHAVIORS: readonly string[] = [
  'auto-advance',
  'no-auto-advance',
  'repeat',
  'no-repeat',
  'unordered',
  'individuals',
  'continuous',
  'paged',
  'facing-pages',
  'non-paged',
  'multi-part',
  'together',
  'sequence',
  'thumbnail-nav',
  'no-nav',
  'hidden',
];

export const isBehavior = (value: unknown): value is string => typeof value === 'string' && BEHAVIORS.includes(value);
