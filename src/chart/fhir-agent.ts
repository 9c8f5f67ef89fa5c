import { Agent, DecoratorHandler, type Dispatcher } from 'undici';

/** Reads of one FHIR server that run at once, beyond what 64 calls at a time need; the others wait for their turn, within their deadline. */
const MOST_CONNECTIONS = 512;

/** One for the process, so that connections are reused. */
const agent = new Agent({ connections: MOST_CONNECTIONS });

class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * A dispatcher for requests whose answers may have `mostBytes` together. It ends the one that goes beyond with `ANSWER_TOO_LARGE`, and one in
 * a content coding, whose size cannot be told, with `CODED_ANSWER`.
 */
export function limitedTo(mostBytes: number): Dispatcher {
  let left = mostBytes;
  const limit = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => {
    // DecoratorHandler lets the older handlers of Node's built-in fetch stand for today's
    const inner: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const tooLarge = new Refused('ANSWER_TOO_LARGE');
    let isRefused = false;
    return {
      onRequestStart: (...call) => inner.onRequestStart?.(...call),
      onRequestUpgrade: (...call) => inner.onRequestUpgrade?.(...call),
      onResponseStart: (controller, status, headers, message) => {
        const coding = headers['content-encoding'] ?? 'identity';
        if (coding === 'identity') inner.onResponseStart?.(controller, status, headers, message);
        else controller.abort(new Refused('CODED_ANSWER'));
      },
      onResponseData: (controller, chunk) => {
        left -= chunk.length;
        if (left >= 0) inner.onResponseData?.(controller, chunk);
        // fetch misses an error that comes in the turn of the headers
        else if (!isRefused) setImmediate(() => controller.abort(tooLarge));
        isRefused ||= left < 0;
      },
      onResponseEnd: (controller, trailers) => {
        if (!isRefused) inner.onResponseEnd?.(controller, trailers);
        else setImmediate(() => inner.onResponseError?.(controller, tooLarge));
      },
      onResponseError: (...call) => inner.onResponseError?.(...call),
    };
  };
  return agent.compose((dispatch) => (options, handler) => dispatch(options, limit(handler)));
}
