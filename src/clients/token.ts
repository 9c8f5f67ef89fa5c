import { compactVerify } from 'jose';
import { type Claimed, Unauthorized } from '../errors.ts';
import { ALGORITHMS, type Algorithm, type VerificationKey } from './keys.ts';

const MOST_CHARACTERS = 8000;
const MOST_JTI_CHARACTERS = 255;
const MOST_CLAIMED_CHARACTERS = 120;
/** Clocks of clients may be off by so much. */
export const SKEW_S = 60;
/** Tokens are made for one call; one that lives longer is a mistake, and its id would have to be remembered as long. */
export const MOST_LIFE_S = 3600;

/** A token taken apart; nothing in it is proven yet. */
export interface Token {
  readonly compact: string;
  readonly alg: Algorithm;
  readonly kid: string;
  readonly jku?: string;
  readonly iss: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** For the log. */
  readonly claimed: Claimed;
}

/** What a proven token says. */
export interface Claims {
  readonly jti: string;
  /** Seconds since 1970. */
  readonly exp: number;
  /** `''` where there is none. */
  readonly tenant: string;
}

/**
 * Takes the one token of a request apart, and refuses what no key could make good: another scheme, another algorithm, critical
 * extensions. Keys that a token brings along (`jwk`, `x5c`, `x5u`) are not looked at. RFC 6750 section 2.1, RFC 7515 section 4
 *
 * @throws Unauthorized
 */
export function readToken(headers: readonly string[]): Token {
  const [header = '', ...others] = headers;
  if (header === '') throw new Unauthorized('no Authorization header');
  if (others.length > 0) throw new Unauthorized('more than one Authorization header');
  if (header.length > MOST_CHARACTERS) throw new Unauthorized('the Authorization header is too long');
  const [, compact, first, second] = /^bearer +(([\w-]+)\.([\w-]+)\.[\w-]*)$/i.exec(header) ?? [];
  if (compact === undefined) throw new Unauthorized('not a bearer token of three parts');
  const payload = readPart(second);
  const protectedHeader = readPart(first);
  if (protectedHeader === undefined || payload === undefined)
    throw new Unauthorized('a part of the token is not a JSON object');

  const claimed = claimedIn(payload);
  const refuse = (reason: string) => new Unauthorized(reason, claimed);
  const { alg, kid, jku, crit } = protectedHeader;
  const algorithm = ALGORITHMS.find((known) => known === alg);
  if (algorithm === undefined) throw refuse('its algorithm is not one that is accepted');
  if (crit !== undefined) throw refuse('it has critical extensions');
  if (typeof kid !== 'string' || kid === '') throw refuse('it has no kid');
  if (jku !== undefined && typeof jku !== 'string') throw refuse('its jku is not a string');
  const { iss } = payload;
  if (typeof iss !== 'string') throw refuse('it has no iss');
  return { compact, alg: algorithm, kid, iss, payload, claimed, ...(jku !== undefined && { jku }) };
}

/** Whether one of the keys made the signature. WebCrypto works it out beside the event loop. */
export async function isSignedBy({ compact, alg }: Token, keys: readonly VerificationKey[]): Promise<boolean> {
  for (const { key } of keys) {
    const isGood = await compactVerify(compact, key, { algorithms: [alg] }).then(
      () => true,
      () => false,
    );
    if (isGood) return true;
  }
  return false;
}

/**
 * The claims of a token that is signed. `audience` is the URL called.
 * https://cds-hooks.hl7.org/#trusting-cds-clients, RFC 7519 section 4.1
 *
 * @throws Unauthorized
 */
export function checkClaims({ payload, claimed }: Token, audience: string, now: Date): Claims {
  const refuse = (reason: string) => new Unauthorized(reason, claimed);
  const { aud, exp, iat, nbf, jti, tenant = '' } = payload;
  const seconds = now.getTime() / 1000;
  if (!(Array.isArray(aud) ? aud : [aud]).map(tidied).includes(audience)) throw refuse('its aud is not the URL called');
  if (!isTime(exp)) throw refuse('it has no exp');
  if (exp + SKEW_S <= seconds) throw refuse('it has expired');
  if (!isTime(iat)) throw refuse('it has no iat');
  if (iat - SKEW_S > seconds) throw refuse('its iat lies ahead');
  if (exp - iat > MOST_LIFE_S) throw refuse('it lives too long');
  if (nbf !== undefined && !isTime(nbf)) throw refuse('its nbf is not a time');
  if (nbf !== undefined && nbf - SKEW_S > seconds) throw refuse('its nbf lies ahead');
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI_CHARACTERS) throw refuse('it has no usable jti');
  if (typeof tenant !== 'string' || (Object.hasOwn(payload, 'tenant') && !/^[\x20-\x7e]{1,255}$/.test(tenant)))
    throw refuse('its tenant is not usable');
  return { jti, exp, tenant };
}

/** A client whose discovery URL ends in a slash calls, and names, a URL with a doubled one, which counts as one; one at the end as none. */
const tidied = (aud: unknown): unknown =>
  typeof aud === 'string' ? aud.replaceAll(/(?<!:)\/{2,}/g, '/').replace(/\/$/, '') : aud;

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function readPart(part = ''): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function claimedIn(payload: Readonly<Record<string, unknown>>): Claimed {
  const told = ['iss', 'jti', 'tenant'].flatMap((name) => {
    const value = payload[name];
    return typeof value === 'string' ? [[name, printable(value)] as const] : [];
  });
  return Object.fromEntries(told);
}

const printable = (text: string): string =>
  text.slice(0, MOST_CLAIMED_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, '?') +
  (text.length > MOST_CLAIMED_CHARACTERS ? '...' : '');
