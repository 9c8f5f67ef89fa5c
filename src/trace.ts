import { randomUUID } from 'node:crypto';

/** The distributed trace that a request belongs to. https://www.w3.org/TR/trace-context/ */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly isSampled: boolean;
  /** What tracing systems on the way added, as it came. */
  readonly state?: string;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** Printable, and no longer than everybody has to pass on. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** The trace that a `traceparent` header names, with its `tracestate`; a new one when there is none or it is not valid. */
export function traceOf(traceparent = '', tracestate = ''): Trace {
  const [, version, traceId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  // later versions may say more, this one may not
  if (traceId === undefined || (version === '00' && more !== undefined)) return { traceId: newId(), isSampled: false };
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, isSampled, ...(TRACESTATE.test(tracestate) && { state: tracestate }) };
}

/** Headers for one request that is made on behalf of a trace. */
export const headersOf = ({ traceId, isSampled, state }: Trace): Readonly<Record<string, string>> => ({
  traceparent: `00-${traceId}-${newId().slice(16)}-${isSampled ? '01' : '00'}`,
  ...(state !== undefined && { tracestate: state }),
});

/** 32 hexadecimal digits, not all of them 0 in either half: those of a UUID, which Node makes ahead, many at a time. */
const newId = (): string => randomUUID().replaceAll('-', '');
