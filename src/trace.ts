import { randomBytes } from 'node:crypto';

/** The distributed trace that a request belongs to. https://www.w3.org/TR/trace-context/ */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly isSampled: boolean;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** The trace that a `traceparent` header names; a new one when there is none or it is not valid. */
export function traceOf(traceparent = ''): Trace {
  const [, version, traceId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  // later versions may say more, this one may not
  if (traceId === undefined || (version === '00' && more !== undefined))
    return { traceId: digits(16), isSampled: false };
  return { traceId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A `traceparent` for one request that is made on behalf of a trace. */
export const childOf = ({ traceId, isSampled }: Trace): string =>
  `00-${traceId}-${digits(8)}-${isSampled ? '01' : '00'}`;

/** New hexadecimal digits, not all of them 0. */
function digits(bytes: number): string {
  const made = randomBytes(bytes).toString('hex');
  return /[^0]/.test(made) ? made : digits(bytes);
}
