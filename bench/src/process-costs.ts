import { readdirSync, readFileSync } from 'node:fs';

/** A process and all its descendants, by Linux's /proc, without those whose command line matches `except`. */
export function familyOf(root: number, except: RegExp): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const family = [root];
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member && !except.test(read(`/proc/${child}/cmdline`))) family.push(child);
  return family;
}

/** Seconds of CPU that the processes have used. */
export function cpuSeconds(processes: readonly number[]): number {
  const TICKS = 100;
  return processes.reduce((sum, id) => {
    const stat = read(`/proc/${id}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
  }, 0);
}

/** Megabytes of memory, shared pages counted in proportion. */
export function pssMegabytes(processes: readonly number[]): number {
  return processes.reduce((sum, id) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) / 1024, 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
