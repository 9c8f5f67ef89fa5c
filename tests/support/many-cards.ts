import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CARD = 'conservative-care/trochanteric-injection.yaml';
const CODES_EACH = 4;
/** One that has its translations. */
const TITLE = 'trochanteric or gluteal injection';

/**
 * Writes a copy of `cards/` with more cards in it: each a whole card, of an order class of its own that is known by codes of its own.
 * None is about the orders of the fixtures.
 */
export function writeManyCards(dir: string, count: number): void {
  cpSync('cards', dir, { recursive: true });
  const card = readFileSync(join('cards', CARD), 'utf8');
  const names = Array.from({ length: count }, (_, index) => `generated-${index}`);
  for (const name of names) {
    const text = card.replace(/^id: .*$/m, `id: ${name}`).replace(/^class: .*$/m, `class: ${name}`);
    writeFileSync(join(dir, 'conservative-care', `${name}.yaml`), text);
    writeValueSet(dir, name, CODES_EACH);
  }
  const concept = (name: string) => `${name}:\n  title: ${TITLE}\n  kind: procedure\n  valueSets: [${name}]\n`;
  const orderClass = (name: string) =>
    `\n${name}:\n  title: ${TITLE}\n  rank: 20\n  regions: [gluteal, hip]\n  procedure: ${name}\n`;
  writeFileSync(join(dir, 'concepts', 'generated.yaml'), names.map(concept).join('\n'));
  appendFileSync(join(dir, 'order-classes.yaml'), names.map(orderClass).join(''));
}

/** Writes a copy of `cards/` in which the value set of a concept that every card asks about has so many more codes. */
export function writeManyCodes(dir: string, count: number): void {
  cpSync('cards', dir, { recursive: true });
  const file = join(dir, 'value-sets', 'malignancy.json');
  const set = JSON.parse(readFileSync(file, 'utf8'));
  set.compose.include.push({ system: 'urn:example:local-codes', concept: codesOf('malignancy', count) });
  writeFileSync(file, JSON.stringify(set));
}

function writeValueSet(dir: string, name: string, count: number): void {
  const set = JSON.parse(readFileSync(join('cards', 'value-sets', 'prp-injection.json'), 'utf8'));
  const include = [{ system: 'urn:example:generated', concept: codesOf(name, count) }];
  const own = { id: name, url: `https://rehab-first.org/fhir/ValueSet/${name}`, compose: { include } };
  writeFileSync(join(dir, 'value-sets', `${name}.json`), JSON.stringify({ ...set, ...own }));
}

const codesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ code: `${name}-${index}`, display: `${name} ${index}` }));
