/** What we know of a record from former activities. */
type Known = { readonly run: string; readonly time?: number | undefined; readonly type: string };

export type Judgement = 'apply' | 'done-in-this-run' | 'done-before' | 'late';

/**
 * The harvester alone judges a source's order (R3). A walk goes from the newest activity to the oldest, so of a run the first that
 * names a record is the one that counts (Change Discovery 1.0, 3.5.1), also when a crash had the run begin again; an activity older than
 * what was done is late and ignored, a Delete among them. Equal times are done again, since two changes may share one, unless they are older than what former walks
 * have read to its end.
 */
export function judgeActivity(
  { time }: { readonly time: number | undefined },
  known: Known | undefined,
  run: string,
  watermark?: number,
): Judgement {
  if (!known) return 'apply';
  // A page that grew while its walk was interrupted may name a record again, with a newer time.
  const newer = time !== undefined && known.time !== undefined && time > known.time;
  if (known.run === run && !newer) return 'done-in-this-run';
  if (time === undefined || known.time === undefined || newer) return 'apply';
  if (time < known.time) return 'late';
  return watermark !== undefined && time < watermark ? 'done-before' : 'apply';
}
