import { hash } from 'node:crypto';

/** The URL namespace of RFC 9562; the name below is made unique by its first part. */
const NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** A version-5 UUID of the parts: a repeated call gives the same card the same uuid, and no randomness is needed. */
export function uuidOf(...parts: readonly string[]): string {
  const name = Buffer.concat([NAMESPACE, Buffer.from(JSON.stringify(['rehab-first', ...parts]))]);
  const hex = hash('sha1', name);
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
