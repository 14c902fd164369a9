const TAG = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;

/** Three-letter codes of ISO 639-2, both kinds, and names that records write, by the shortest tag (BCP 47, RFC 5646, 2.2.1). */
const KNOWN: Readonly<Record<string, string>> = {
  eng: 'en',
  english: 'en',
  fre: 'fr',
  fra: 'fr',
  french: 'fr',
  ger: 'de',
  deu: 'de',
  german: 'de',
  deutsch: 'de',
  dut: 'nl',
  nld: 'nl',
  dutch: 'nl',
  spa: 'es',
  spanish: 'es',
  ita: 'it',
  italian: 'it',
  por: 'pt',
  portuguese: 'pt',
  lat: 'la',
  latin: 'la',
  grc: 'grc',
  gre: 'el',
  ell: 'el',
  greek: 'el',
  rus: 'ru',
  russian: 'ru',
  pol: 'pl',
  polish: 'pl',
  cze: 'cs',
  ces: 'cs',
  czech: 'cs',
  slo: 'sk',
  slk: 'sk',
  hun: 'hu',
  hungarian: 'hu',
  swe: 'sv',
  swedish: 'sv',
  dan: 'da',
  danish: 'da',
  nor: 'no',
  norwegian: 'no',
  fin: 'fi',
  finnish: 'fi',
  chi: 'zh',
  zho: 'zh',
  chinese: 'zh',
  jpn: 'ja',
  japanese: 'ja',
  kor: 'ko',
  korean: 'ko',
  ara: 'ar',
  arabic: 'ar',
  heb: 'he',
  hebrew: 'he',
  per: 'fa',
  fas: 'fa',
  persian: 'fa',
  tur: 'tr',
  turkish: 'tr',
  wel: 'cy',
  cym: 'cy',
  welsh: 'cy',
  gle: 'ga',
  irish: 'ga',
  cat: 'ca',
  catalan: 'ca',
  baq: 'eu',
  eus: 'eu',
  basque: 'eu',
  rum: 'ro',
  ron: 'ro',
  ukr: 'uk',
  ukrainian: 'uk',
  hrv: 'hr',
  srp: 'sr',
  slv: 'sl',
  san: 'sa',
  hin: 'hi',
  gez: 'gez',
};

/** A language as records write it, as BCP 47; `none` for what says nothing (Presentation API 3.0, 4.4). */
export function bcp47(language: string | undefined): string {
  const said = (language ?? '').trim().replace(/_/g, '-');
  const name = said.toLowerCase();
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (known !== undefined) return known;
  if (said === '' || said === '@none' || /^(und|mul|zxx|none)$/i.test(said) || !TAG.test(said)) return 'none';
  // RFC 5646, 2.1.1: languages are written small, regions large.
  return said
    .split('-')
    .map((part, place) =>
      place > 0 && part.length === 2
        ? part.toUpperCase()
        : place > 0 && part.length === 4
          ? part[0]?.toUpperCase() + part.slice(1).toLowerCase()
          : part.toLowerCase(),
    )
    .join('-');
}
