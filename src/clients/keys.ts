import { type CryptoKey, importJWK, type JWK } from 'jose';

/** A JSON Web Key as it is written: nothing about it is known yet. */
export type Jwk = Readonly<Record<string, unknown>>;

/** The signature algorithms that are accepted, each for one kind of key. */
export const ALGORITHMS = ['ES384', 'RS384'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A public key, ready to verify with. */
export interface VerificationKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly key: CryptoKey;
}

const LEAST_MODULUS_BYTES = 256;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** Whether a JWK holds what must never leave its owner. RFC 7518 section 6 */
export const isPrivate = (jwk: object): boolean => PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member));

/**
 * What a JWK can be used for here: a public EC key on P-384, or an RSA key of 2048 bits or more, with a `kid`, and meant for
 * signatures as far as it says. Anything else is a reason, in words.
 */
export async function importKey(jwk: Jwk): Promise<VerificationKey | string> {
  const { kid, kty, crv, n, use, alg, key_ops: operations } = jwk;
  if (isPrivate(jwk)) return 'is a private or symmetric key';
  if (typeof kid !== 'string' || kid === '') return 'has no kid';
  const fit = kty === 'EC' && crv === 'P-384' ? 'ES384' : kty === 'RSA' ? 'RS384' : undefined;
  if (fit === undefined) return 'is neither an EC key on P-384 nor an RSA key';
  if (alg !== undefined && alg !== fit) return `is for another algorithm than ${fit}`;
  if (use !== undefined && use !== 'sig') return 'is not for signatures';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return 'is not for verifying';
  if (fit === 'RS384' && (typeof n !== 'string' || Buffer.from(n, 'base64url').length < LEAST_MODULUS_BYTES))
    return 'is shorter than 2048 bits';
  try {
    // only what the key consists of: a member such as `ext` must not decide how it is imported
    const { x, y, e } = jwk;
    const bare = fit === 'ES384' ? { kty, crv, x, y } : { kty, n, e };
    return { kid, alg: fit, key: (await importJWK(bare as JWK, fit)) as CryptoKey };
  } catch {
    return 'is damaged';
  }
}

/** The usable keys of a set; the others are left out. */
export async function importKeys(keys: readonly unknown[]): Promise<VerificationKey[]> {
  const objects = keys.filter((key) => typeof key === 'object' && key !== null && !Array.isArray(key));
  const imported = await Promise.all(objects.map((key) => importKey(key as Jwk)));
  return imported.filter((key) => typeof key !== 'string');
}
