type Waiting = { readonly weight: number; readonly begin: () => void };

/** Work at once, up to a weight in sum, in the order in which it came; what weighs more than all goes alone. */
export function weightedTurns(most: number) {
  let busy = 0;
  const waiting: Waiting[] = [];

  function next(): void {
    for (let [first] = waiting; first && busy + first.weight <= most; [first] = waiting) {
      waiting.shift();
      busy += first.weight;
      first.begin();
    }
  }

  return async <T>(wanted: number, work: () => Promise<T>): Promise<T> => {
    const weight = Math.min(Math.max(1, wanted), most);
    await new Promise<void>((begin) => {
      waiting.push({ weight, begin });
      next();
    });
    try {
      return await work();
    } finally {
      busy -= weight;
      next();
    }
  };
}
