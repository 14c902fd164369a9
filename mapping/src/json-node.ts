/** A JSON object of somebody else's making: nothing about its fields is known. */
export type JsonNode = { readonly [field: string]: unknown };

export function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a field that may hold none, one or several. */
export function nodes(value: unknown): readonly JsonNode[] {
  if (Array.isArray(value)) return value.filter(isNode);
  return isNode(value) ? [value] : [];
}

/** A text that says something, trimmed; undefined otherwise. */
export function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** The texts in a field that may hold none, one or several: strings, or objects with an `id`. */
export function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => text(isNode(item) ? item['id'] : item)).filter((item) => item !== undefined);
}
