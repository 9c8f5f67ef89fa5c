import { inWords } from '../shared/language.ts';
import { en } from './words-en.ts';
import { es } from './words-es.ts';

/** What the page says, in the language it is read in. */
export const texts = inWords({ en, es });
