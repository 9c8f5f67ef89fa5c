/** Languages that the pages themselves are in. A pack may speak others. */
export const LANGUAGES = ['en', 'es'] as const;
type Spoken = (typeof LANGUAGES)[number];

const KEY = 'language';
const IN_ADDRESS = 'lang';
const TAG = /^[a-z]{2,3}(?:-[a-z\d]{1,8})*$/i;

/** BCP 47 tag of what is read: as the address says, else as was chosen before, else the first of the browser's that the pages are in. */
export const language: string =
  [new URLSearchParams(location.search).get(IN_ADDRESS), kept()].find((tag) => TAG.test(tag ?? '')) ??
  navigator.languages.flatMap((tag) => spokenFor(tag) ?? [])[0] ??
  'en';

/** The language of the pages' own words. */
export const spoken: Spoken = spokenFor(language) ?? 'en';

/** The words of a page. Its table is typed, so a word that one language lacks is a type error. */
export const inWords = <T>(words: Readonly<Record<Spoken, T>>): T => words[spoken];

/** Reads the page again in another language, which is remembered. */
export function speak(tag: string): void {
  const address = new URL(location.href);
  address.searchParams.delete(IN_ADDRESS);
  try {
    localStorage.setItem(KEY, tag);
  } catch {
    address.searchParams.set(IN_ADDRESS, tag); // where nothing may be kept, the address says it
  }
  history.replaceState(history.state, '', address);
  location.reload();
}

/** What a language calls itself. */
export function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

function spokenFor(tag: string): Spoken | undefined {
  const wanted = tag.toLowerCase();
  return LANGUAGES.find((one) => wanted === one || wanted.startsWith(`${one}-`));
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
