import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';

/** The verdict of the official schema of Presentation 3.0. */
export async function officialSchema(fixtures: string): Promise<(document: unknown) => boolean> {
  const schema = JSON.parse(await readFile(join(fixtures, 'manifests/schema/iiif_3_0.json'), 'utf8'));
  const valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  return (document) => valid(JSON.parse(JSON.stringify(document))) === true;
}
