import { useState } from 'preact/hooks';
import { Fold } from '../shared/fold.tsx';
import { Json } from '../shared/json.tsx';
import type { Exchange } from './service.ts';
import { texts } from './texts.ts';

/** The call as it went over the wire. */
export function Wire({ exchange }: { readonly exchange: Exchange }) {
  const words = texts.wire;
  const [tried, setTried] = useState<{ readonly hookInstance: string; readonly words: string }>();
  const { url, body, status, answer } = exchange;
  const copy = async () => {
    const said = await navigator.clipboard.writeText(curlOf(exchange)).then(
      () => words.copied,
      () => words.notCopied,
    );
    setTried({ hookInstance: body.hookInstance, words: said });
  };
  return (
    <section class="panel wire">
      <h2>{words.title}</h2>
      <p class="lead">
        <code>POST {url}</code> → <code>{status}</code>
      </p>
      <button type="button" class="button" onClick={copy}>
        {tried?.hookInstance === body.hookInstance ? tried.words : words.copy}
      </button>
      <Fold summary={words.sent}>{() => <Json label={words.sent} value={body} />}</Fold>
      <Fold summary={words.received}>{() => <Json label={words.received} value={answer} />}</Fold>
    </section>
  );
}

/** The same call for a POSIX shell. */
export const curlOf = ({ url, body, language }: Pick<Exchange, 'url' | 'body' | 'language'>): string =>
  `curl -sS -H 'Content-Type: application/json' -H 'Accept-Language: ${language}' -d '${JSON.stringify(body).replaceAll("'", `'\\''`)}' ${location.origin}${url}`;
