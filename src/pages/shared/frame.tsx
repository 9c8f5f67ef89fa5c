import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import iconUrl from './icon.svg';
import { inWords, LANGUAGES, language, nameOf, speak } from './language.ts';

const { skip, pages, languages, names } = inWords({
  en: {
    skip: 'Skip to content',
    pages: 'Pages',
    languages: 'Language',
    names: { '/': 'Workbench', '/knowledge': 'Knowledge', '/insights': 'Insights' },
  },
  es: {
    skip: 'Ir al contenido',
    pages: 'Páginas',
    languages: 'Idioma',
    names: { '/': 'Banco de pruebas', '/knowledge': 'Conocimiento', '/insights': 'Resultados' },
  },
});
/** Where there is something to go to, as the service says. */
const OFFERED = (document.body.dataset.pages ?? '').split(' ');
const SITE = Object.entries(names).filter(([href]) => OFFERED.includes(href));

interface FrameProps {
  /** Address of the page. */
  readonly here: keyof typeof names;
  /** Languages of what it shows, beside those of the pages themselves. */
  readonly more?: readonly string[] | undefined;
  readonly children: ComponentChildren;
}

/** What every page has around it. */
export function Frame({ here, more = [], children }: FrameProps) {
  useEffect(() => {
    document.title = `${names[here]} · Rehab First`;
  }, [here]);
  return (
    <>
      <a class="skip" href="#main">
        {skip}
      </a>
      <header class="masthead">
        <div class="frame">
          <span class="brand">
            <img src={iconUrl} alt="" />
            Rehab First
          </span>
          <nav aria-label={pages}>
            {SITE.map(([href, name]) => (
              <a href={href} aria-current={href === here ? 'page' : undefined} key={href}>
                {name}
              </a>
            ))}
          </nav>
          <Switch tags={[...new Set([...LANGUAGES, ...more])]} />
        </div>
      </header>
      <main class="frame" id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Switch({ tags }: { readonly tags: readonly string[] }) {
  return (
    <fieldset class="switch">
      <legend class="unseen">{languages}</legend>
      {tags.map((tag) => (
        <button
          type="button"
          lang={tag}
          aria-pressed={tag === language || language.startsWith(`${tag}-`)}
          onClick={() => speak(tag)}
          key={tag}
        >
          {nameOf(tag)}
        </button>
      ))}
    </fieldset>
  );
}
