import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { readBody } from '@vitrine/platform/outbound/read-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { Check } from 'typebox/value';

const MAX_INFO = 1_000_000;
const Info = Type.Object({ width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) });

/** The size that somebody else's image service states (Image API, `info.json`). @throws Problem `image-service-invalid` */
export async function describeService(outbound: OutboundHttp, id: string, signal: AbortSignal): Promise<{ width: number; height: number }> {
  const address = `${id}/info.json`;
  const answer = await outbound.get(address, { accept: 'application/ld+json, application/json;q=0.9', maxBytes: MAX_INFO, signal });
  if (answer.status !== 'found') throw new Problem('image-service-invalid', { detail: `${address} is not there` });
  const body = String(await readBody(answer.body));
  let info: unknown;
  try {
    info = JSON.parse(body);
  } catch (cause) {
    throw new Problem('image-service-invalid', { detail: `${address} is not JSON`, cause });
  }
  if (!Check(Info, info)) throw new Problem('image-service-invalid', { detail: `${address} states no width and height` });
  return { width: info.width, height: info.height };
}
