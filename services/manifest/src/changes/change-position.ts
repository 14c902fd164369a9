/** A place in our own stream: a page, and how many of its entries lie before. */
export type ChangePosition = { readonly page: number; readonly taken: number };

/** Before everything. */
export const BEGINNING: ChangePosition = { page: 1, taken: 0 };

/** As clients know it: `{page}.{entry}`, the id of a change; `0` is before everything. */
export const positionName = ({ page, taken }: ChangePosition): string => `${page}.${taken}`;

/** Undefined for what is no id of a change. */
export function parsePosition(name: string): ChangePosition | undefined {
  if (name === '0') return BEGINNING;
  const [, page, taken] = /^([1-9]\d{0,11})\.(\d{1,6})$/.exec(name) ?? [];
  return page === undefined ? undefined : { page: Number(page), taken: Number(taken) };
}
