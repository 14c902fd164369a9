import { type JsonNode, text } from '@vitrine/mapping/json-node.ts';
import type { NoteOddity } from './oddities.ts';

/** Where a publisher may have put the time of an activity, the best first. */
const PLACES = ['endTime', 'published', 'updated', 'created', 'startTime'] as const;
const ZONE = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;
/** Clocks may differ by so much; a time beyond it is a mistake and orders nothing. */
const CLOCK_SKEW = 24 * 60 * 60 * 1000;

/**
 * The time of an activity in milliseconds since 1970. Change Discovery 1.0, 3.3: a datetime "expressed in UTC", so one without a zone is UTC, not this
 * machine's. Undefined where there is none, or none that orders anything.
 */
export function streamTime(activity: JsonNode, now: number, note: NoteOddity): number | undefined {
  const place = PLACES.find((name) => text(activity[name]) !== undefined);
  if (place === undefined) return undefined;
  if (place !== 'endTime' && text(activity['type']) !== 'Refresh') note('time-elsewhere', place);
  const given = text(activity[place]) ?? '';
  const time = parseTime(given, note);
  if (time === undefined) note('time-unreadable', given.slice(0, 60));
  else if (time > now + CLOCK_SKEW) note('time-future', given);
  else return time;
  return undefined;
}

function parseTime(given: string, note: NoteOddity): number | undefined {
  // A date alone ends in what looks like a zone.
  const dated = /^(-?\d{4,}-\d{2}-\d{2})(?:[T ](.+))?$/.exec(given);
  if (!dated) return undefined;
  const [, day = '', clock = '00:00:00Z'] = dated;
  const zone = ZONE.exec(clock)?.[0];
  if (zone === undefined) note('time-without-zone', given);
  else if (!/^(?:Z|[+-]00:?(?:00)?)$/i.test(zone)) note('time-zone-other', given);
  const digits = (zone ?? 'Z').toUpperCase().replace(':', '');
  const iso = digits === 'Z' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
  const time = Date.parse(`${day}T${clock.slice(0, clock.length - (zone?.length ?? 0)).trim()}${iso}`);
  return Number.isNaN(time) ? undefined : time;
}
