import { useEffect, useMemo, useState } from 'preact/hooks';
import { Fold } from '../shared/fold.tsx';
import { number } from '../shared/format.ts';
import { Frame } from '../shared/frame.tsx';
import { language } from '../shared/language.ts';
import { Markdown } from '../shared/markdown.tsx';
import { entriesIn, filterPack, type Pack, type Part, readPack } from './pack.ts';
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
  const way = useWay(pack, () => setWanted(''));
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
            <Finder wanted={wanted} find={setWanted} found={entriesIn(found.parts)} />
            <Contents parts={found.parts} />
            <a class="small" href="/knowledge/pack.md">
              {texts.document}
            </a>
          </aside>
          <div class="document" lang={found.language}>
            <div class="small about">
              <Markdown text={found.about} />
            </div>
            {found.parts.map((part) => (
              <Section
                part={part}
                led={way.all}
                isFound={wanted.trim() !== ''}
                key={`${part.id} ${wanted.trim() !== ''}`}
              />
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

/** Where links have led. */
interface Way {
  readonly last: string;
  readonly all: ReadonlySet<string>;
}

/** Opens the part that the address names and brings it into view: once the pack is there, and whenever a link to it is followed. */
function useWay(pack: Pack | undefined, showAll: () => void): Way {
  const [way, setWay] = useState<Way>(() => ({ last: named(), all: new Set([named()]) }));
  useEffect(() => {
    const follow = () => {
      const last = named();
      if (last !== '' && document.getElementById(last) === null) showAll();
      setWay(({ all }) => ({ last, all: new Set([...all, last]) }));
    };
    const followAgain = ({ target }: MouseEvent) => {
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
      if (link?.hash === location.hash) follow(); // the address stays as it is, and nothing else tells
    };
    addEventListener('hashchange', follow);
    addEventListener('click', followAgain);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('click', followAgain);
    };
  }, []);
  useEffect(() => {
    const place = pack === undefined || way.last === '' ? null : document.getElementById(way.last);
    for (let fold = place?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
    place?.scrollIntoView();
  }, [pack, way]);
  return way;
}

/** What the address names. */
function named(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

interface FinderProps {
  readonly wanted: string;
  readonly find: (wanted: string) => void;
  /** How much there is to read. */
  readonly found: number;
}

function Finder({ wanted, find, found }: FinderProps) {
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
      <p class="small" role="status">
        {wanted.trim() !== '' && texts.found(found)}
      </p>
    </form>
  );
}

function Contents({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <nav aria-label={texts.contents}>
      <ul>
        {parts.map((part) => (
          <li key={part.id}>
            <a href={`#${part.id}`}>{part.heading}</a> <span class="small">{number(entriesIn([part]))}</span>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What is looked up rather than read: folded until a link or a search leads to it. */
const FOLDED: ReadonlySet<string> = new Set([
  'numbers',
  'source-attributes',
  'conditions-by-name',
  'override-reasons',
  'sources',
  'concepts',
  'value-sets',
  'open-doubts',
]);

interface SectionProps {
  readonly part: Part;
  /** Ids that links have led to. */
  readonly led: ReadonlySet<string>;
  readonly isFound: boolean;
}

function Section({ part: { id, heading, text, parts }, led, isFound }: SectionProps) {
  const isLedTo = led.has(id) || parts.some((part) => led.has(part.id));
  return (
    <Fold id={id} class="panel part" isOpen={isFound || isLedTo || !FOLDED.has(id)} summary={<h2>{heading}</h2>}>
      {() => (
        <>
          {text !== '' && <Markdown text={text} />}
          {parts.map((part) => (
            <Fold
              id={part.id}
              class="entry"
              isOpen={led.has(part.id) || (isFound && parts.length < 4)}
              summary={<Summary part={part} />}
              key={part.id}
            >
              {() => (
                <div class="body">
                  <Markdown text={part.text.replace(TITLE, '')} />
                </div>
              )}
            </Fold>
          ))}
        </>
      )}
    </Fold>
  );
}

/** A title that is the first paragraph of its part: the summary says it already. */
const TITLE = /^\*\*[^\n]+\*\*\n\n/;

/** A heading, with the title that its text begins with. */
function Summary({ part: { heading, text } }: { readonly part: Part }) {
  const title = /^\*\*(.+?)\*\*/.exec(text)?.[1];
  return (
    <>
      <h3>{title ?? heading}</h3> {title !== undefined && <code>{heading}</code>}
    </>
  );
}
