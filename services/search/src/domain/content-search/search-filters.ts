/** What restricts a search beside its words (Content Search 2.0, 4.1.2; 1.0, 3.2.2). */
export type SearchFilters = {
  readonly motivation?: string | undefined;
  readonly date?: string | undefined;
  readonly user?: string | undefined;
};

/** `start/end`, several apart by spaces (Content Search 2.0, 4.1.2). */
const DATES = /^\s*(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?:\s+|$))+$/;

/** What can't be understood is left out and must be named (Content Search 2.0, 4.2.4). */
export function readFilters({ date, ...others }: SearchFilters): { readonly filters: SearchFilters; readonly ignored: readonly string[] } {
  const isUnread = date !== undefined && date.trim() !== '' && !DATES.test(date);
  return isUnread ? { filters: others, ignored: ['date'] } : { filters: { ...others, date }, ignored: [] };
}

/** The motivations of what OCR has read, as either version names them. */
const OF_TEXT: readonly string[] = ['supplementing', 'painting'];

/**
 * Whether the words of OCR are among what is asked for: they have a motivation, but neither a time nor an author, and what lacks a property that is asked for
 * is no match.
 */
export function allowsText({ motivation = '', date = '', user = '' }: SearchFilters): boolean {
  if (date.trim() !== '' || user.trim() !== '') return false;
  const asked = motivation.split(/\s+/).filter((name) => name !== '');
  return asked.length === 0 || asked.some((name) => OF_TEXT.includes(name.replace(/^.*[:#/]/, '')));
}
