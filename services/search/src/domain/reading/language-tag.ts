/** Languages as PAGE names them, and the bibliographic codes of ISO 639-2 that differ. */
const NAMES: Readonly<Record<string, string>> = {
  ger: 'de',
  fre: 'fr',
  dut: 'nl',
  gre: 'el',
  cze: 'cs',
  rum: 'ro',
  chi: 'zh',
};
let english: ReadonlyMap<string, string> | undefined;

/** A language as OCR names it (`deu`, `ger`, `de-AT`, `German`) as a BCP 47 tag; undefined for what says nothing. */
export function languageTag(name: string | undefined): string | undefined {
  const lower = name?.trim().toLowerCase() ?? '';
  if (lower === '' || lower === 'unknown' || lower === 'other' || lower === 'und') return undefined;
  if (Object.hasOwn(NAMES, lower)) return NAMES[lower];
  if (lower.length > 3 && !lower.includes('-')) return languageNames().get(lower);
  try {
    return Intl.getCanonicalLocales(lower)[0];
  } catch {
    return undefined;
  }
}

function languageNames(): ReadonlyMap<string, string> {
  if (english) return english;
  const named = new Intl.DisplayNames('en', { type: 'language' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  english = new Map(codes.map((code) => [String(named.of(code)).toLowerCase(), code] as const));
  return english;
}
