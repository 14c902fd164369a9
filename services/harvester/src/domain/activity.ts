import { isNode, text } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';

/** What an activity asks of us. `time` is milliseconds since 1970; undefined where the source gives none. */
export type Activity = {
  readonly kind: 'include' | 'remove';
  readonly type: string;
  readonly object: string;
  readonly time: number | undefined;
};

const KINDS: Readonly<Record<string, Activity['kind']>> = { Create: 'include', Update: 'include', Delete: 'remove' };

/**
 * One activity of a page (Change Discovery 1.0, 3.3); undefined for a type that asks nothing of us yet.
 *
 * @throws Problem `stream-activity-invalid`
 */
export function parseActivity(value: unknown, page: string): Activity | undefined {
  if (!isNode(value)) throw new Problem('stream-activity-invalid', { detail: `on ${page}: not a JSON object` });
  const type = text(value['type']);
  if (type === undefined) throw new Problem('stream-activity-invalid', { detail: `on ${page}: no type` });
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!kind) return undefined;
  const { object } = value;
  const id = text(isNode(object) ? object['id'] : object);
  const address = id === undefined ? undefined : URL.parse(id, page)?.href;
  if (address === undefined)
    throw new Problem('stream-activity-invalid', { detail: `on ${page}: a ${type} without an object that has an id` });
  return { kind, type, object: address, time: timeOf(value['endTime']) };
}

/** Change Discovery 1.0, 3.3: `endTime` "should be expressed in UTC"; a time without a zone is taken as UTC, not as this machine's. */
function timeOf(value: unknown): number | undefined {
  const given = text(value);
  if (given === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(given) ? given : `${given}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}
