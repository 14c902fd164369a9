import { Id } from '@vitrine/contracts/id.ts';
import { readMovedRows } from '@vitrine/platform/moved/read-moved-rows.ts';
import type { MovedAddresses } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';
import type { ApiVersion } from './domain/image-request.ts';
import { isOurs, oldApi, oldBase, oldRequest, ourAddress } from './domain/old-address.ts';

type Moved = { readonly image: string; readonly api: ApiVersion };

export type MovedOptions = {
  /** A CSV file: old base address, our image, and optionally the version of the Image API (2 or 3) that was served there. */
  readonly file: string;
  /** `redirect`: 301 to our address; `serve`: answered where it was asked for. */
  readonly answer: MovedAddresses['answer'];
};

/** The old addresses of images. @throws Problem `configuration-invalid` where a line says nothing that can be used */
export async function movedImages({ file, answer }: MovedOptions): Promise<MovedAddresses> {
  const moved = new Map<string, Moved>();
  await readMovedRows(file, 'VITRINE_IMAGE_MOVED', (fields) => addRow(moved, fields));
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

function addRow(moved: Map<string, Moved>, [address = '', image = '', api = '']: readonly string[]): string | undefined {
  const base = oldBase(address);
  if (base === '') return `${address || 'nothing'} is no address`;
  if (isOurs(base)) return `${address} is an address of this server`;
  if (!Check(Id, image)) return `${image || 'nothing'} is no identifier of an image`;
  if (api !== '' && api !== '2' && api !== '3') return `${api} is no version of the Image API; 2 or 3, or nothing`;
  const before = moved.get(base);
  if (before && before.image !== image) return `${address} is ${before.image} by a line before`;
  moved.set(base, { image, api: api === '' ? oldApi(base) : api === '3' ? 3 : 2 });
  return undefined;
}
