import { LANGUAGES } from './domain/analysis/stem.ts';
import type { Stores } from './stores.ts';

/** For how long it is remembered which there are, in milliseconds. */
const FRESH = 5000;

/** Which languages the index has stems of: a query that asks for those of every language takes ten times as long. */
export function openLanguages({ languages }: Pick<Stores, 'languages'>) {
  const noted = new Set<string>();
  let known: { readonly until: number; readonly languages: Promise<readonly string[]> } | undefined;

  async function read(): Promise<readonly string[]> {
    const there = await languages.getMany(LANGUAGES);
    return LANGUAGES.filter((_, place) => there[place] !== undefined);
  }

  return {
    /** Before an object is found by them. */
    async note(used: readonly string[]): Promise<void> {
      for (const language of used) {
        if (noted.has(language)) continue;
        await languages.put(language, {}, 0);
        noted.add(language);
      }
    },
    inUse(): Promise<readonly string[]> {
      const now = performance.now();
      if (!known || known.until < now) {
        const reading = read();
        known = { until: now + FRESH, languages: reading };
        // What failed is asked again.
        reading.catch(() => {
          if (known?.languages === reading) known = undefined;
        });
      }
      return known.languages;
    },
    forget(): void {
      noted.clear();
      known = undefined;
    },
  };
}

export type LanguagesInUse = ReturnType<typeof openLanguages>;
