import { at, isObject, list, string } from '../logic/json.ts';

/** The extension that carries how an order was rated by criteria of appropriate use. https://cds-hooks.hl7.org/ (PAMA imaging) */
const RATING = 'http://fhir.org/argonaut/Extension/pama-rating';
const RATINGS = 'http://fhir.org/argonaut/CodeSystem/pama-rating';

/** FHIR, whatever it holds. */
type Body = Readonly<Record<string, unknown>>;

const isRating = (extension: unknown): boolean => isObject(extension) && extension.url === RATING;

/** The codes of an order's rating; none when it has none. */
export const ratingsOf = ({ extension }: Body): string[] =>
  list(extension)
    .filter(isRating)
    .flatMap((one) => at(one, 'valueCodeableConcept.coding.code'))
    .flatMap((code) => string(code) ?? []);

/** What an order's extensions are with a rating instead of any that it had. */
export const rate = ({ extension }: Body, code: string): unknown[] => [
  ...list(extension).filter((one) => !isRating(one)),
  { url: RATING, valueCodeableConcept: { coding: [{ system: RATINGS, code }] } },
];
