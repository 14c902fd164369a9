// Terms of the Getty's Art & Architecture Thesaurus as Linked Art uses them, with the older ones that museums still publish.

const AAT = /^https?:\/\/vocab\.getty\.edu\/(?:page\/)?aat\/(\d+)\/?$/;

/** The number of an AAT term's address. */
export function aatNumber(id: unknown): string | undefined {
  return typeof id === 'string' ? (AAT.exec(id)?.[1] ?? undefined) : undefined;
}

export const PRIMARY_NAME = ['300404670'];
export const DISPLAY_NAME = ['300404669'];
export const DESCRIPTION = ['300026032', '300435416', '300080091'];
export const CREDIT_LINE = ['300026687', '300435418'];
export const ACCESS_NOTE = ['300133046'];
export const ACCESSION_NUMBER = ['300312355'];
export const TYPE_OF_WORK = ['300435443'];
export const WEB_PAGE = ['300264578'];
export const WIDTH = ['300055647'];
export const HEIGHT = ['300055644'];

/** Books, manuscripts, albums, sketchbooks, codices, diaries: leaves that are turned. */
export const BOUND = ['300028051', '300028569', '300026690', '300027354', '300224200', '300027112'];

/** Statements that become metadata pairs, in this order. */
export const STATEMENTS: readonly (readonly [string, string])[] = [
  ['300435429', 'Materials'],
  ['300435430', 'Dimensions'],
  ['300435436', 'Production'],
  ['300435414', 'Inscription'],
  ['300435425', 'Condition'],
  ['300435438', 'Provenance'],
  ['300435424', 'Exhibitions'],
  ['300026497', 'Bibliography'],
  ['300027200', 'Note'],
];

const LANGUAGES: Readonly<Record<string, string>> = {
  '300388277': 'en',
  '300388306': 'fr',
  '300388344': 'de',
  '300388256': 'nl',
  '300389311': 'es',
  '300388474': 'it',
  '300388693': 'la',
  '300389115': 'pt',
  '300388204': 'da',
  '300388992': 'no',
  '300389109': 'pl',
  '300388191': 'cs',
  '300389290': 'sk',
  '300389291': 'sl',
  '300388185': 'hr',
  '300389248': 'sr',
  '300388770': 'hu',
  '300389157': 'ro',
  '300388361': 'el',
  '300389734': 'el',
  '300387827': 'grc',
  '300389168': 'ru',
  '300388343': 'ka',
  '300388401': 'he',
  '300387843': 'ar',
  '300388412': 'hi',
  '300387971': 'bn',
  '300388113': 'zh',
  '300388486': 'ja',
};

/** The BCP 47 tag of an AAT language; `none` for what is not known here. */
export function languageTag(id: unknown): string {
  const number = aatNumber(id);
  return (number === undefined ? undefined : LANGUAGES[number]) ?? 'none';
}
