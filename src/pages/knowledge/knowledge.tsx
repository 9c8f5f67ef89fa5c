import { useEffect, useMemo, useState } from 'preact/hooks';
import { Fold } from '../shared/fold.tsx';
import { Frame } from '../shared/frame.tsx';
import { language } from '../shared/language.ts';
import { Markdown } from '../shared/markdown.tsx';
import { filterPack, type Pack, type Part, readPack } from './pack.ts';
import { texts } from './texts.ts';
import './knowledge.css';

/** The page: the pack's own document, by parts that can be found and linked to. */
export function Page() {
  const [pack, setPack] = useState<Loaded>();
  const [failed, setFailed] = useState(false);
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    loadPack().then(setPack, () => setFailed(true));
  }, []);
  const hash = useHash(pack);
  const found = useMemo(() => pack && { ...pack, ...filterPack(pack, wanted) }, [pack, wanted]);
  return (
    <Frame here="/knowledge" more={pack?.languages}>
      <div>
        <h1>{texts.title}</h1>
        <p class="lead" role="status">
          {failed ? texts.failed : pack === undefined ? texts.loading : texts.lead}
        </p>
      </div>
      {found !== undefined && (
        <div class="book">
          <aside class="panel">
            <Finder wanted={wanted} find={setWanted} />
            <Contents parts={found.parts} />
            <a class="small" href="/knowledge/pack.md">
              {texts.document}
            </a>
          </aside>
          <div class="document" lang={found.language}>
            <div class="small about">
              <Markdown text={found.about} />
            </div>
            {found.parts.length === 0 && <p role="status">{texts.none}</p>}
            {found.parts.map((part) => (
              <Section part={part} hash={hash} isFound={wanted.trim() !== ''} key={part.id} />
            ))}
          </div>
        </div>
      )}
    </Frame>
  );
}

interface Loaded extends Pack {
  /** The language that the pack was had in, and those it is to be had in. */
  readonly language: string;
  readonly languages: readonly string[];
}

async function loadPack(): Promise<Loaded> {
  const response = await fetch('/knowledge/pack.md', { headers: { 'Accept-Language': language } });
  if (!response.ok) throw new Error(String(response.status));
  const links = response.headers.get('Link') ?? '';
  return {
    ...readPack(await response.text()),
    language: response.headers.get('Content-Language') ?? language,
    languages: [...links.matchAll(/hreflang="([^"]+)"/g)].map(([, tag = '']) => tag),
  };
}

/** The part that the address names; it is brought into view once the pack is there. */
function useHash(pack: Pack | undefined): string {
  const [hash, setHash] = useState(location.hash.slice(1));
  useEffect(() => {
    const read = () => setHash(location.hash.slice(1));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  useEffect(() => {
    if (pack !== undefined && hash !== '') document.getElementById(hash)?.scrollIntoView();
  }, [pack, hash]);
  return hash;
}

interface FinderProps {
  readonly wanted: string;
  readonly find: (wanted: string) => void;
}

function Finder({ wanted, find }: FinderProps) {
  return (
    <form class="finder" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span>{texts.filter}</span>
        <input
          class="input"
          type="search"
          value={wanted}
          placeholder={texts.filterHint}
          onInput={(event) => find(event.currentTarget.value)}
        />
      </label>
    </form>
  );
}

function Contents({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <nav aria-label={texts.contents}>
      <ul>
        {parts.map(({ id, heading, parts: { length } }) => (
          <li key={id}>
            <a href={`#${id}`}>{heading}</a> {length > 0 && <span class="small">{length}</span>}
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface SectionProps {
  readonly part: Part;
  readonly hash: string;
  readonly isFound: boolean;
}

function Section({ part: { id, heading, text, parts }, hash, isFound }: SectionProps) {
  return (
    <section class="panel" id={id}>
      <h2>{heading}</h2>
      {text !== '' && <Markdown text={text} />}
      {parts.map((part) => (
        <Fold
          id={part.id}
          class="entry"
          isOpen={part.id === hash || (isFound && parts.length < 4)}
          summary={<Summary part={part} />}
          key={`${part.id} ${isFound}`}
        >
          {() => (
            <div class="body">
              <Markdown text={part.text} />
            </div>
          )}
        </Fold>
      ))}
    </section>
  );
}

/** A heading, with the title that its text begins with. */
function Summary({ part: { heading, text } }: { readonly part: Part }) {
  const title = /^\*\*(.+?)\*\*/.exec(text)?.[1];
  return (
    <>
      <span class="name">{title ?? heading}</span> {title !== undefined && <code>{heading}</code>}
    </>
  );
}
