import { seeded } from '@vitrine/platform/faults.ts';

/** What happened at a museum, in its order: the truth that a harvest must arrive at, however it is told. */
export type Happening = {
  readonly type: 'Create' | 'Update' | 'Delete' | 'Move';
  readonly object: string;
  readonly target?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
};

const EPOCH = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;

/** Objects come and change. */
export function beginnings(seed: number, objects: number): Happening[] {
  const random = seeded(seed);
  const all: Happening[] = [];
  let time = EPOCH;
  const next = () => (time += MINUTE * (random() < 0.1 ? 0 : 1));
  for (let n = 0; n < objects; n++) all.push({ type: 'Create', object: `o${n}`, time: next() });
  for (let n = 0; n < objects / 3; n++) all.push({ type: 'Update', object: `o${Math.floor(random() * objects)}`, time: next() });
  return all;
}

/** Of the objects that are there some change, some go, some move, and others come. */
export function changes(seed: number, objects: number): Happening[] {
  const random = seeded(seed + 1);
  const all: Happening[] = [];
  let time = EPOCH + 1000 * 24 * 60 * MINUTE;
  const next = () => (time += MINUTE);
  const some = (share: number) => Array.from({ length: objects }, (_, n) => n).filter(() => random() < share);
  for (const n of some(0.3)) all.push({ type: 'Update', object: `o${n}`, time: next() });
  for (const n of some(0.5).slice(0, 6)) all.push({ type: 'Delete', object: `o${n}`, time: next() });
  const gone = new Set(all.filter(({ type }) => type === 'Delete').map(({ object }) => object));
  for (const n of some(0.1).slice(0, 4))
    if (!gone.has(`o${n}`)) all.push({ type: 'Move', object: `o${n}`, target: `moved${n}`, time: next() });
  for (let n = 0; n < objects / 6; n++) all.push({ type: 'Create', object: `new${n}`, time: next() });
  return all;
}
