import { isIP } from 'node:net';
import { Problem } from '../problem.ts';

/** An entry of VITRINE_ALLOWED_ORIGINS as a URL has it. @throws Problem `configuration-invalid` */
export function allowedOrigin(setting: string): string {
  const url = URL.parse(setting);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Problem('configuration-invalid', { detail: `VITRINE_ALLOWED_ORIGINS: ${setting} is not scheme://host:port` });
}

/** An entry of VITRINE_TRUSTED_PROXIES. @throws Problem `configuration-invalid` */
export function trustedProxy(setting: string): string {
  const [address = '', bits = '0', ...rest] = setting.split('/');
  if (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128 && rest.length === 0) return setting;
  throw new Problem('configuration-invalid', {
    detail: `VITRINE_TRUSTED_PROXIES: ${setting} is neither an address nor a network such as 10.0.0.0/8`,
  });
}
