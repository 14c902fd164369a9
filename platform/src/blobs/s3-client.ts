import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { Problem } from '../problem.ts';
import { sharedLookup } from '../shared-lookup.ts';

const SOCKETS = 128;

type S3Address = { readonly bucket: string; readonly prefix: string; readonly client: S3ClientConfig };

/**
 * @param url `s3://[key:secret@]bucket[/prefix][?endpoint=https://host&region=eu-central-1]`; without a key the SDK's own chain of credentials
 * @param setting where the address stands, for the error
 * @throws Problem `configuration-invalid`
 */
export async function openS3Client(url: string, setting: string): Promise<{ bucket: string; prefix: string; client: S3Client }> {
  const { bucket, prefix, client: settings } = parseS3Url(url, setting);
  const sdk = await import('@aws-sdk/client-s3');
  const { Agent: HttpsAgent } = await import('node:https');
  const { Agent } = await import('node:http');
  const agent = { keepAlive: true, maxSockets: SOCKETS, lookup: sharedLookup };
  const client = new sdk.S3Client({
    ...settings,
    requestHandler: {
      httpAgent: new Agent(agent),
      httpsAgent: new HttpsAgent(agent),
      connectionTimeout: 3000,
      requestTimeout: 15_000,
      // Also for a body that stalls.
      socketTimeout: 15_000,
      throwOnRequestTimeout: true,
    },
    maxAttempts: 2,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { bucket, prefix, client };
}

function parseS3Url(text: string, setting: string): S3Address {
  const match = /^s3:\/\/(?:([^:@/]+):([^@/]+)@)?([a-z0-9][a-z0-9.-]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text);
  const bucket = match?.[3];
  if (!match || bucket === undefined)
    throw new Problem('configuration-invalid', { detail: `${setting} is not s3://bucket[/prefix][?endpoint=…]` });
  const parameters = new URLSearchParams(match[5] ?? '');
  const endpoint = parameters.get('endpoint');
  const [, accessKeyId, secretAccessKey, , folder = ''] = match;
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId: decodeURIComponent(accessKeyId), secretAccessKey: decodeURIComponent(secretAccessKey) } };
  return {
    bucket,
    prefix: folder === '' ? '' : `${folder.replace(/\/$/, '')}/`,
    client: {
      region: parameters.get('region') ?? 'us-east-1',
      ...credentials,
      ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    },
  };
}
