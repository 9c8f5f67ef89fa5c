import { Agent, DecoratorHandler, type Dispatcher } from 'undici';

/** Reads of one FHIR server that run at once; the others wait for their turn, within their deadline. */
const MOST_CONNECTIONS = 32;

const agents = new Map<number, Dispatcher>();

/**
 * The dispatcher of every FHIR read with this limit, one per process so that connections are reused. It ends an answer
 * beyond `maxResponseBytes` with `UND_ERR_RES_EXCEEDED_MAX_SIZE`, and one in a content coding with `CODED_ANSWER`:
 * undici counts bytes as received, so a compressed answer would get past the limit.
 */
export function agentFor(maxResponseBytes: number): Dispatcher {
  const existing = agents.get(maxResponseBytes);
  if (existing !== undefined) return existing;
  const agent = new Agent({ maxResponseSize: maxResponseBytes, connections: MOST_CONNECTIONS }).compose(
    (dispatch) => (options, handler) => dispatch(options, refuseCoded(handler)),
  );
  agents.set(maxResponseBytes, agent);
  return agent;
}

class CodedAnswer extends Error {
  readonly code = 'CODED_ANSWER';
}

function refuseCoded(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  // DecoratorHandler lets the older handlers of Node's built-in fetch stand for today's
  const inner: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
  return {
    onRequestStart: (...call) => inner.onRequestStart?.(...call),
    onRequestUpgrade: (...call) => inner.onRequestUpgrade?.(...call),
    onResponseStart: (controller, status, headers, message) => {
      const coding = headers['content-encoding'] ?? 'identity';
      if (coding === 'identity') inner.onResponseStart?.(controller, status, headers, message);
      else controller.abort(new CodedAnswer('the answer is in a content coding that was not asked for'));
    },
    onResponseData: (...call) => inner.onResponseData?.(...call),
    onResponseEnd: (...call) => inner.onResponseEnd?.(...call),
    onResponseError: (...call) => inner.onResponseError?.(...call),
  };
}
