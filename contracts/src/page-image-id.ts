/** The identifier of page `n` (from 1) that the converter found in the multi-page master of `image` (R2). */
export function pageImageId(image: string, n: number): string {
  return `${image}.p${n}`;
}
