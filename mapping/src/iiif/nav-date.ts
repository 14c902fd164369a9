const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** A date as `navDate` has it (3.1: RFC 3339), of one that is written shorter or without its zone; undefined for what is no date of the common era. */
export function navDateOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const said = value.trim();
  if (DATE_TIME.test(said)) return Number.isNaN(Date.parse(said)) ? undefined : said;
  const [, year, month = '01', day = '01', time = '00:00:00'] =
    /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?)?$/.exec(said) ?? [];
  if (year === undefined) return undefined;
  const whole = `${year}-${month}-${day}T${time}Z`;
  return Number.isNaN(Date.parse(whole)) ? undefined : whole;
}
