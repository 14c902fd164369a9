import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from './problem.ts';

/** The token of a server that has been started; undefined where none has. */
export function existingOperatorToken(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The operators' token, made at the first start in a file that only this user can read. */
export function operatorToken(file: string): { token: string; made: boolean } {
  try {
    if (existsSync(file)) {
      const token = readFileSync(file, 'utf8').trim();
      if (token.length < 16)
        throw new Problem('configuration-invalid', { detail: `${file} holds fewer than 16 characters; remove it and a new token is made` });
      return { token, made: false };
    }
    const token = randomBytes(24).toString('base64url');
    // Written whole, then linked to its name: of several services that start at once one makes it, and nobody reads half of it.
    const whole = `${file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(whole, `${token}\n`, { mode: 0o600 });
    try {
      linkSync(whole, file);
      return { token, made: true };
    } catch (cause) {
      if (!existsSync(file)) throw cause;
      return { token: readFileSync(file, 'utf8').trim(), made: false };
    } finally {
      rmSync(whole, { force: true });
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('configuration-invalid', { detail: `VITRINE_OPERATOR_TOKEN_FILE ${file} can't be read or made`, cause });
  }
}

/**
 * Whether an `Authorization` header carries the token, as a bearer's or, for those who can send no other (the webhook of an object store), as the password
 * of Basic; takes the same time whatever it carries.
 */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(credential(authorization ?? '')), digest(token));
}

/** RFC 6750, 2.1; RFC 7617, 2. */
function credential(authorization: string): string {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
