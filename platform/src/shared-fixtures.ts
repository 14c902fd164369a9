import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder of real test data beside the checkout; undefined where it is not. In CI it must be there: a suite that is left out in silence
 * proves nothing.
 */
export function sharedFixtures(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = resolve(import.meta.dirname, '../../../shared/fixtures');
  if (existsSync(join(folder, 'README.md'))) return folder;
  if (environment['CI'] === 'true' || environment['VITRINE_REQUIRE_FIXTURES'] === '1')
    throw new Error(`the fixtures are required, but ${folder} is not there`);
  return undefined;
}

export const WITHOUT_FIXTURES = 'left out: the folder shared/fixtures does not lie beside this checkout';
