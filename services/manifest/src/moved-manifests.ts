import { Id } from '@vitrine/contracts/id.ts';
import { inNoEncoding, withoutHost } from '@vitrine/platform/moved/plain-address.ts';
import { readMovedRows } from '@vitrine/platform/moved/read-moved-rows.ts';
import type { MovedAddresses } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';

/** Addresses that are ours whatever a file says. */
const OURS = /^\/(livez|readyz|metrics|api\/v1|iiif\/(image|presentation|search|activity)|assets|objects)(\/|$)/;

type Moved = { readonly object: string; readonly version: string };

/** The addresses that manifests had before: a CSV file of old address, our object, and optionally the version of the Presentation API that was served there. @throws Problem `configuration-invalid` */
export async function movedManifests(file: string): Promise<MovedAddresses> {
  const moved = new Map<string, Moved>();
  await readMovedRows(file, 'VITRINE_MANIFEST_MOVED', (fields) => addRow(moved, fields));
  return {
    answer: 'redirect',
    to: (target) => {
      const found = moved.get(oldManifest(target));
      // Without a version it is negotiated: who reads 2 alone says so, and who says nothing is given the newest.
      return found && `/iiif/presentation/${found.version === '' ? '' : `${found.version}/`}manifests/${found.object}`;
    },
  };
}

/** An old address as it is compared: path and query, in no encoding. */
function oldManifest(address: string): string {
  const path = inNoEncoding(withoutHost(address));
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

function addRow(moved: Map<string, Moved>, [address = '', object = '', version = '']: readonly string[]): string | undefined {
  const old = oldManifest(address);
  if (old === '') return `${address || 'nothing'} is no address`;
  if (OURS.test(old)) return `${address} is an address of this server`;
  if (!Check(Id, object)) return `${object || 'nothing'} is no identifier of an object`;
  if (version !== '' && version !== '2' && version !== '3') return `${version} is no version of the Presentation API; 2 or 3, or nothing`;
  const before = moved.get(old);
  if (before && before.object !== object) return `${address} is ${before.object} by a line before`;
  moved.set(old, { object, version });
  return undefined;
}
