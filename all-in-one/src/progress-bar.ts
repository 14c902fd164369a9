const LENGTH = 24;

/** @param part from 0 to 1 */
export function progressBar(part: number): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * LENGTH);
  return `[${'#'.repeat(full)}${'.'.repeat(LENGTH - full)}]`;
}
