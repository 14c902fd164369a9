const WRITTEN = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?)?)?$/;

/**
 * A date as manifests may have it (Presentation API 3.0, 3.1 `navDate`: RFC 3339) of a year, a month, a day or a time; without a zone in UTC. Undefined for what is no date of the common era, and for days
 * and hours that there are not.
 */
export function dateTimeOf(value: unknown): string | undefined {
  const said = typeof value === 'number' ? String(value).padStart(4, '0') : typeof value === 'string' ? value.trim() : '';
  const [, year, month = '01', day = '01', time = '00:00:00', zone = 'Z'] = WRITTEN.exec(said) ?? [];
  if (year === undefined || time.startsWith('24')) return undefined;
  const date = `${year}-${month}-${day}`;
  // Days that don't exist roll over when they are parsed: the day must be the one that was written.
  const written = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(written) || new Date(written).toISOString().slice(0, 10) !== date) return undefined;
  const whole = `${date}T${time}${zone}`;
  return Number.isNaN(Date.parse(whole)) ? undefined : whole;
}
