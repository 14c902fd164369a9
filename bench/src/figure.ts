/** A measured number and its goal; without one it is a baseline. */
export type Figure = { readonly name: string; readonly value: number; readonly at_least?: number; readonly at_most?: number };

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** The value that `share` of the numbers don't exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
