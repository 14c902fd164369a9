/** The identifier of page `n` (from 2; page 1 is the image itself) that the converter found in the multi-page master of `image` (R2). */
export function pageImageId(image: string, n: number): string {
  return `${image}.p${n}`;
}
