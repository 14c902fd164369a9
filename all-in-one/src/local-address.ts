import type { VitrineConfig } from './config.ts';

/** Where a server of this configuration listens, as seen from this machine. */
export function localAddress({ VITRINE_HOST: host, VITRINE_PORT: port, VITRINE_PUBLIC_URL: publicUrl }: VitrineConfig): string {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  const path = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
  return `http://${name}:${port}${path}`;
}
