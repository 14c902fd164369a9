import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { Id } from '@vitrine/contracts/id.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { MovedAddresses } from '@vitrine/platform/service.ts';
import { parse } from 'csv-parse';
import { Check } from 'typebox/value';
import type { ApiVersion } from './domain/image-request.ts';
import { isOurs, oldApi, oldBase, oldRequest, ourAddress } from './domain/old-address.ts';

type Moved = { readonly image: string; readonly api: ApiVersion };

/** As spreadsheets write them, be it in a country of decimal commas. */
const DELIMITERS = [',', ';', '\t'];
const HEADING = 'address';

export type MovedOptions = {
  /** A CSV file: old base address, our image, and optionally the version of the Image API (2 or 3) that was served there. */
  readonly file: string;
  /** `redirect`: 301 to our address; `serve`: answered where it was asked for. */
  readonly answer: MovedAddresses['answer'];
};

/** The old addresses of images. @throws Problem `configuration-invalid` where a line says nothing that can be used */
export async function movedImages({ file, answer }: MovedOptions): Promise<MovedAddresses> {
  const moved = new Map<string, Moved>();
  const rows = parse({ bom: true, delimiter: DELIMITERS, trim: true, skip_empty_lines: true, relax_column_count: true, info: true });
  // A file that can't be read ends the loop below with what is wrong.
  pipeline(createReadStream(file), rows, () => {});
  try {
    for await (const { record, info } of rows) addRow(moved, record, info.lines);
  } catch (thrown) {
    if (asProblem(thrown).code === 'configuration-invalid') throw thrown;
    throw invalid(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
  return {
    answer,
    to: (target) => {
      const { base, rest } = oldRequest(target);
      const found = moved.get(base);
      const query = /\?(?!(?:.*&)?iiif=).*$/i.exec(target)?.[0] ?? '';
      return found && `${ourAddress(found.image, found.api, rest)}${query}`;
    },
  };
}

function addRow(moved: Map<string, Moved>, record: unknown, line: number): void {
  if (!Array.isArray(record)) return;
  const [address = '', image = '', api = '']: string[] = record.map(String);
  if (moved.size === 0 && address.toLowerCase() === HEADING) return;
  const base = oldBase(address);
  if (base === '') throw invalid(`line ${line}: ${address || 'nothing'} is no address`);
  if (isOurs(base)) throw invalid(`line ${line}: ${address} is an address of this server`);
  if (!Check(Id, image)) throw invalid(`line ${line}: ${image || 'nothing'} is no identifier of an image`);
  if (api !== '' && api !== '2' && api !== '3') throw invalid(`line ${line}: ${api} is no version of the Image API; 2 or 3, or nothing`);
  const before = moved.get(base);
  if (before && before.image !== image) throw invalid(`line ${line}: ${address} is ${before.image} by a line before`);
  moved.set(base, { image, api: api === '' ? oldApi(base) : api === '3' ? 3 : 2 });
}

const invalid = (detail: string, cause?: unknown) =>
  new Problem('configuration-invalid', { detail: `VITRINE_IMAGE_MOVED: ${detail}`, cause });
