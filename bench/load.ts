import { Pool } from 'undici';

/** Calls to send. */
export interface Load {
  readonly calls: number;
  /** As many connections, each with one call under way. */
  readonly concurrency: number;
  readonly path: string;
  readonly body: (call: number) => Buffer;
  /** Its own for each call, without `Bearer`. */
  readonly token?: ((call: number) => string) | undefined;
}

/** What came of it. */
export interface Loaded {
  readonly ms: number;
  /** Of each call that was answered, in milliseconds. */
  readonly latencies: readonly number[];
  /** Calls that were answered 503, as there was too much to do. */
  readonly shed: number;
}

/** Sends calls over connections that stay open. @throws when one is answered other than 200 or 503 */
export async function load(url: string, { calls, concurrency, path, body, token }: Load): Promise<Loaded> {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
  const latencies: number[] = [];
  let sent = 0;
  const caller = async () => {
    while (sent < calls) {
      const call = sent;
      sent += 1;
      const sentAt = performance.now();
      const answer = await pool.request({
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token(call)}` }),
        },
        body: body(call),
      });
      if (answer.statusCode !== 200 && answer.statusCode !== 503)
        throw new Error(`${path} answered ${answer.statusCode}: ${await answer.body.text()}`);
      await answer.body.dump();
      if (answer.statusCode === 200) latencies.push(performance.now() - sentAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, caller));
  const ms = performance.now() - startedAt;
  await pool.close();
  return { ms, latencies, shed: calls - latencies.length };
}
