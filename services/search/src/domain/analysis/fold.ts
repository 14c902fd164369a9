/** Marks that readers leave out when they type: of Latin, Greek, Cyrillic, Hebrew and Arabic. Those of other scripts are letters to their readers. */
const MARKS = new RegExp(
  [
    '[\\u0300-\\u036f\\u0483-\\u0487\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]',
    '[\\u0591-\\u05c7\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670\\u06d6-\\u06ed]',
    '[\\u00ad\\u200c\\u200d]',
  ].join('|'),
  'g',
);
const ASCII = /^[0-9A-Za-z]*$/;

/** Letters that Unicode does not take apart, as people type them where their keyboard lacks them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
};
const OTHERS = new RegExp(`[${Object.keys(LETTERS).join('')}\u0660-\u0669\u06f0-\u06f9]`, 'g');

/** No word is longer; engines cut what is. */
const LONGEST = 100;

/** A word as it is compared: without case, accents, ligatures and forms of a letter. */
export function fold(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase().slice(0, LONGEST);
  return word
    .normalize('NFKD')
    .replace(MARKS, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(MARKS, '')
    .replace(OTHERS, (letter) => LETTERS[letter] ?? String((letter.codePointAt(0) ?? 0) % 16))
    .slice(0, LONGEST);
}
