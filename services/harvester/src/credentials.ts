import { Problem } from '@vitrine/platform/problem.ts';
import Type, { type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' });
const Origin = Type.String({ pattern: '^https?://[^/]+$' });
const Headers = Type.Object(
  { name: Name, origin: Origin, headers: Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String()) },
  { additionalProperties: false },
);
const Basic = Type.Object({ name: Name, origin: Origin, user: Type.String(), password: Type.String() }, { additionalProperties: false });
const Store = Type.Object({ name: Name, store: Type.String({ pattern: '^s3://' }) }, { additionalProperties: false });
const CredentialSettings = Type.Array(Type.Union([Headers, Basic, Store]));

/** What one origin wants to be sent, or the address of a bucket with its key and secret. */
type Credential = { readonly origin: string; readonly headers: Readonly<Record<string, string>> } | { readonly store: string };
export type Credentials = ReadonlyMap<string, Credential>;

/** @throws Problem `configuration-invalid`, which repeats nothing of the setting */
export function parseCredentials(setting: string): Credentials {
  const invalid = (detail: string) => new Problem('configuration-invalid', { detail: `VITRINE_HARVEST_CREDENTIALS: ${detail}` });
  let given: unknown;
  try {
    given = JSON.parse(setting);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!Check(CredentialSettings, given))
    throw invalid(`${Errors(CredentialSettings, given)[0]?.instancePath || 'the whole'} is not as docs/operations.md says`);
  const credentials = new Map<string, Credential>();
  for (const credential of given) {
    if (credentials.has(credential.name)) throw invalid(`two credentials are named ${credential.name}`);
    if ('store' in credential) {
      credentials.set(credential.name, { store: credential.store });
      continue;
    }
    const origin = URL.parse(credential.origin)?.origin ?? credential.origin;
    credentials.set(credential.name, { origin, headers: 'headers' in credential ? credential.headers : basic(credential) });
  }
  return credentials;
}

/** RFC 7617, 2. */
function basic({ user, password }: Static<typeof Basic>): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** The headers for an address: those of the credential for its origin alone. */
export function headersFor(credential: Credential | undefined): (address: string) => Readonly<Record<string, string>> | undefined {
  return (address) =>
    credential && 'origin' in credential && URL.parse(address)?.origin === credential.origin ? credential.headers : undefined;
}

/** The bucket of a credential, with its key and secret. */
export const storeOf = (credential: Credential | undefined): string | undefined =>
  credential && 'store' in credential ? credential.store : undefined;
