import type { Caller } from '../cds-hooks/types.ts';
import { Unauthorized } from '../errors.ts';
import type { Registry } from './registry.ts';
import { checkClaims, isSignedBy, readToken, SKEW_S } from './token.ts';

/** What a caller shows of itself. */
export interface Shown {
  /** Each `Authorization` header, as sent. */
  readonly authorization: readonly string[];
  /** Path of the URL called, below the base. */
  readonly path: string;
}

/** What telling callers apart needs. */
export interface AuthenticateDeps {
  readonly registry: Registry;
  /** The URL under which clients call, without a trailing slash; `aud` is held to it, never to what a request says of itself. */
  readonly publicBaseUrl: string;
  readonly clock: () => Date;
  /** True for the one caller that brings a token id first. Rejects when that cannot be told. */
  readonly insertJti: (issuer: string, jti: string, expires: Date) => Promise<boolean>;
}

/**
 * Who calls, by the JWT it shows. Nothing is fetched for a token that names no registered issuer or another key set than the registered
 * one, and nothing is written for a token that is not signed. https://cds-hooks.hl7.org/#trusting-cds-clients
 *
 * @throws Unauthorized, the same for whatever is wrong; and what `insertJti` throws
 */
export function authenticateBy(deps: AuthenticateDeps): (shown: Shown) => Promise<Caller> {
  const { registry, publicBaseUrl, clock, insertJti } = deps;
  return async ({ authorization, path }) => {
    const token = readToken(authorization);
    const refuse = (reason: string) => new Unauthorized(reason, token.claimed);
    const registered = registry.byIssuer(token.iss);
    if (registered === undefined) throw refuse('its iss is not a registered client');
    const { client, keySet } = registered;
    const jku = 'url' in client.keys ? client.keys.url : client.keys.jku;
    if (token.jku !== undefined && token.jku !== jku) throw refuse('its jku is not the registered one');
    const keys = await keySet.find(token.kid, token.alg);
    if (keys.length === 0) throw refuse('its kid is not in the key set');
    if (!(await isSignedBy(token, keys))) throw refuse('its signature does not hold');

    const { jti, exp, tenant } = checkClaims(token, publicBaseUrl + path.replace(/\/+$/, ''), clock());
    if (client.tenants.length > 0 && !client.tenants.includes(tenant))
      throw refuse('its tenant is not a registered one');
    const isFirst = await insertJti(token.iss, jti, new Date((exp + SKEW_S) * 1000));
    if (!isFirst) throw refuse('its jti has been used');
    return { client: client.id, tenant };
  };
}
