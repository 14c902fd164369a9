type Schema = { readonly [keyword: string]: unknown };

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const childrenOf = (schema: Schema, keyword: string): Record<string, unknown> => (isSchema(schema[keyword]) ? schema[keyword] : {});

/** Bounds that a value must keep; whoever narrows one refuses what was written before, whoever widens one writes what the last release refuses. */
const BOUNDS = [
  'type',
  'const',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
];

/**
 * Why `current` can't stand beside `released`, in both directions (DESIGN of events): new readers read what was written, and the last release's
 * readers read what this one writes. Only an optional property may be added or, once nobody needs it, left out.
 */
export function incompatibilities(released: unknown, current: unknown, path = ''): string[] {
  if (!isSchema(released) || !isSchema(current)) return released === current ? [] : [`${path} is another schema`];
  const faults = BOUNDS.filter((keyword) => JSON.stringify(released[keyword]) !== JSON.stringify(current[keyword])).map(
    (keyword) => `${path} ${keyword}: ${JSON.stringify(released[keyword])} has become ${JSON.stringify(current[keyword])}`,
  );
  const [before, after] = [childrenOf(released, 'properties'), childrenOf(current, 'properties')];
  const [demandedBefore, demandedAfter] = [namesOf(released['required']), namesOf(current['required'])];
  for (const name of demandedAfter)
    if (!demandedBefore.includes(name)) faults.push(`${path}/${name} is required now: what was written before may lack it`);
  for (const name of demandedBefore)
    if (!demandedAfter.includes(name)) faults.push(`${path}/${name} is no longer required: the last release wants it`);
  for (const [name, schema] of Object.entries(before))
    if (name in after) faults.push(...incompatibilities(schema, after[name], `${path}/${name}`));
  if ('items' in released || 'items' in current) faults.push(...incompatibilities(released['items'], current['items'], `${path}[]`));
  const [wide, wider] = [childrenOf(released, 'patternProperties'), childrenOf(current, 'patternProperties')];
  if (Object.keys(wide).join() !== Object.keys(wider).join()) faults.push(`${path} has other keys`);
  for (const [name, schema] of Object.entries(wide)) if (name in wider) faults.push(...incompatibilities(schema, wider[name], `${path}/*`));
  if (JSON.stringify(released['anyOf']) !== JSON.stringify(current['anyOf'])) faults.push(`${path} has other alternatives`);
  return faults;
}

/** Where a schema admits a closed list of words: the next word would be unreadable to the last release. */
export function closedLists(schema: unknown, path = ''): string[] {
  if (Array.isArray(schema)) return schema.flatMap((entry, n) => closedLists(entry, `${path}/${n}`));
  if (!isSchema(schema)) return [];
  const alternatives = schema['anyOf'];
  const closed = 'enum' in schema || (Array.isArray(alternatives) && alternatives.some((entry) => isSchema(entry) && 'const' in entry));
  const refuses = schema['additionalProperties'] === false;
  return [
    ...(closed ? [`${path} is a closed list`] : []),
    ...(refuses ? [`${path} refuses what is added later`] : []),
    ...Object.entries(schema).flatMap(([keyword, value]) => closedLists(value, `${path}/${keyword}`)),
  ];
}
