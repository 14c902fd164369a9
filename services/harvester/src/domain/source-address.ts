import { readableForm } from '@vitrine/contracts/readable-id.ts';
import { Problem } from '@vitrine/platform/problem.ts';

export type ConfiguredSource = { readonly id: string; readonly address: string };

/**
 * A source as the configuration names it: an address, or `name=address`. Without a name the host gives it.
 *
 * @throws Problem `configuration-invalid`
 */
function configuredSource(setting: string): ConfiguredSource {
  const named = /^([a-z0-9][a-z0-9-]{0,40})=(.+)$/.exec(setting);
  const url = URL.parse(named?.[2] ?? setting);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Problem('configuration-invalid', { detail: `the source ${setting} is neither an http(s) address nor name=address` });
  }
  const id = named?.[1] ?? readableForm(url.host.replaceAll('.', '-')).text;
  return { id, address: url.href };
}

/**
 * All sources of the configuration, each with a name of its own.
 *
 * @throws Problem `configuration-invalid`
 */
export function configuredSources(settings: readonly string[]): readonly ConfiguredSource[] {
  const sources = settings.map(configuredSource);
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
