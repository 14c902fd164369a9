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
};

/** The BCP 47 tag of an AAT language; `none` for what is not known here. */
export function languageTag(id: unknown): string {
  const number = aatNumber(id);
  return (number === undefined ? undefined : LANGUAGES[number]) ?? 'none';
}
