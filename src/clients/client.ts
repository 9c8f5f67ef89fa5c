import type { CodeMap } from './code-map.ts';
import type { Jwk } from './keys.ts';

/** A CDS client that may call, as the clients file registers it. */
export interface Client {
  readonly id: string;
  /** `iss` of its tokens, compared as it is written. */
  readonly issuer: string;
  readonly keys: KeySource;
  /** Base URLs of the FHIR servers that may be read for it, without trailing slashes. */
  readonly fhirServers: readonly string[];
  /** Origins of its pages. */
  readonly origins: readonly string[];
  /** Whether its doctors see cards, or calls are judged and recorded only. */
  readonly mode: 'live' | 'silent';
  /** BCP 47 tag of the language its doctors read. */
  readonly locale?: string;
  /** What its own order codes mean. */
  readonly codeMap?: CodeMap;
  /** Deadline of all FHIR reads of one call, where it differs from the general one. */
  readonly budgetMs?: number;
  /** Tenants it may call for; empty for any. */
  readonly tenants: readonly string[];
  /** Extras of the standard that it is known to understand. */
  readonly supports: readonly string[];
}

/** Where a client's public keys come from: a URL, which is the one `jku` accepted, or beforehand; `jku` is then accepted and never fetched. */
export type KeySource =
  | { readonly url: string }
  | { readonly jwks: { readonly keys: readonly Jwk[] }; readonly jku?: string };
