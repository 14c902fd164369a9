export type PresentationVersion = 2 | 3;

const PROFILE = /iiif\.io\/api\/presentation\/(\d)(?:\.\d)?\/context\.json/;

/**
 * The version of the Presentation API that a client wants most (Presentation API 3.0, 6.3: the profile of `application/ld+json` in Accept); the newest where it says nothing, or
 * names only one that we don't have.
 */
export function negotiateVersion(accept: string | undefined): PresentationVersion {
  let best: { version: PresentationVersion; quality: number } = { version: 3, quality: 0 };
  for (const range of mediaRanges(accept ?? '')) {
    const version = Number(PROFILE.exec(range)?.[1]);
    const quality = Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
    if ((version === 2 || version === 3) && quality > best.quality) best = { version, quality };
  }
  return best.version;
}

/** Presentation API 3.0, 6.2: plain JSON for those who ask for nothing else. */
export function wantsPlainJson(accept: string | undefined): boolean {
  return accept?.includes('application/json') === true && !accept.includes('application/ld+json');
}

/** A profile is a quoted string, and may hold commas. */
function mediaRanges(accept: string): readonly string[] {
  return accept.slice(0, 2000).match(/(?:"[^"]*"|[^,"])+/g) ?? [];
}
