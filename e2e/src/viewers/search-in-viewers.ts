import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** A word of the demo's book. */
const WORD = 'ocean';
const PATIENCE = 20_000;

/** Types a search into Mirador; says what is wrong where it lists no hit. */
export async function searchInMirador(page: Page): Promise<string | undefined> {
  await page.getByRole('button', { name: 'Toggle sidebar' }).first().click();
  await page.getByRole('tab', { name: 'Search' }).first().click();
  const field = page.getByRole('combobox').or(page.locator('input[id^="search-"]')).first();
  await field.fill(WORD);
  await field.press('Enter');
  const hits = page.locator('.mirador-annotation-list-item, [class*="SearchHit"], mark, strong').filter({ hasText: new RegExp(WORD, 'i') });
  const found = await hits
    .first()
    .waitFor({ timeout: PATIENCE })
    .then(() => true)
    .catch(() => false);
  await keep(page, 'mirador-search');
  return found ? undefined : 'no hit is listed';
}

/** The same for Universal Viewer, which lays elements over the page. */
export async function searchInUniversalViewer(page: Page): Promise<string | undefined> {
  const field = page.locator('.footerPanel .searchText:visible').first();
  await field.fill(WORD);
  await field.press('Enter');
  const found = await page
    .locator('.annotationRect')
    .first()
    .waitFor({ state: 'attached', timeout: PATIENCE })
    .then(() => true)
    .catch(() => false);
  await keep(page, 'universal-viewer-search');
  return found ? undefined : 'no rectangle is shown';
}

async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
