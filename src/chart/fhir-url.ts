/** Characters that `URL` leaves alone in a query and that some servers refuse. */
const UNSAFE_IN_QUERY = /[|\\^`{}[\]]/g;

/**
 * The absolute URL of a path relative to a FHIR base, or of a `next` link. Undefined when it would leave the base:
 * another origin, a path beside or above it, a user in it, or an encoded slash that a server might decode.
 */
export function resolveUnderBase(base: string, path: string): string | undefined {
  if (!URL.canParse(path, `${base}/`)) return undefined;
  const home = new URL(base);
  const url = new URL(path, `${base}/`);
  const homePath = home.pathname.replace(/\/+$/, '');
  if (url.origin !== home.origin || url.username !== '' || url.password !== '') return undefined;
  if (url.pathname !== homePath && !url.pathname.startsWith(`${homePath}/`)) return undefined;
  if (/%2f|%5c/i.test(url.pathname.slice(homePath.length))) return undefined;
  return url.origin + url.pathname + url.search.replace(UNSAFE_IN_QUERY, encodeURIComponent);
}
