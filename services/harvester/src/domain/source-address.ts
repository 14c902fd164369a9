import { readableForm } from '@vitrine/contracts/readable-form.ts';
import { Problem } from '@vitrine/platform/problem.ts';

export type NamedAddress = { readonly id: string; readonly address: string };

/**
 * A source as the settings name it: an address, or `name=address`. Without a name the host gives it, or the folder.
 *
 * @throws Problem `configuration-invalid`
 */
function namedAddress(setting: string): NamedAddress {
  const named = /^([a-z0-9][a-z0-9-]{0,40})=(.+)$/.exec(setting);
  const url = URL.parse(named?.[2] ?? setting);
  if (!url || !(/^https?:$/.test(url.protocol) || /^file:\/\/\//.test(url.href))) {
    throw new Problem('configuration-invalid', {
      detail: `the source ${setting} is neither an http(s) address nor a folder’s (file:///…), nor name=address`,
    });
  }
  return { id: named?.[1] ?? nameOf(url), address: url.href };
}

/** The name of a source that has none: that of its host, or of its folder. */
export function nameOf(url: URL): string {
  const whole = url.protocol === 'file:' ? decodeURIComponent(url.pathname).replace(/\/+$/, '') : url.host;
  const name = readableForm(whole).text.replaceAll(/[._]/g, '-').slice(0, 40);
  return name === '' ? 'folder' : name;
}

/**
 * All sources of the settings, each with a name of its own.
 *
 * @throws Problem `configuration-invalid`
 */
export function namedAddresses(settings: readonly string[]): readonly NamedAddress[] {
  const sources = settings.map(namedAddress);
  const twice = sources.find(({ id }, index) => sources.findIndex((other) => other.id === id) !== index);
  if (twice)
    throw new Problem('configuration-invalid', {
      detail: `two sources are called ${twice.id}; give one a name: other=${twice.address}`,
    });
  return sources;
}

/** An address as two writings of it are compared: the scheme and a slash at the end don't count. The raw one is kept beside it. */
export function foldedAddress(address: string): string {
  return address.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
}
