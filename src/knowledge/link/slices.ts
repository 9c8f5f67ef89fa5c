import { READABLE_TYPES } from '../../chart/entry.ts';
import type { SliceDefinition } from '../../chart/slice.ts';
import { didYouMean } from '../problem.ts';
import { inside, type Named, type Tables } from './tables.ts';

const TOKEN = /\{\{\s*([^{}]*?)\s*\}\}/g;
const TOKENS = ['context.patientId', 'context.encounterId'];
const DEFAULT_PAGES = 3;

/** Slices, their templates held to what every CDS Hooks 2.x client can fill in. https://cds-hooks.hl7.org/#prefetch-query-restrictions */
export function linkSlices(tables: Tables): Map<string, SliceDefinition & { readonly label: string }> {
  return new Map([...tables.slices.values()].map((named) => [named.name, linkSlice(named, tables)]));
}

function linkSlice(named: Named, tables: Tables): SliceDefinition & { readonly label: string } {
  const {
    template,
    required = false,
    pages = DEFAULT_PAGES,
    label,
    extra = false,
  } = named.value as {
    template: string;
    required?: boolean;
    pages?: number;
    label: string;
    extra?: boolean;
  };
  const place = inside(named, 'template');
  if (extra && required)
    tables.report(inside(named, 'extra'), 'a source that calls are refused without is not one that sites may lack');
  const type = template.slice(0, template.search(/[/?]/));
  if (type !== 'Patient' && !READABLE_TYPES.includes(type)) {
    tables.report(
      place,
      `entries of type "${type}" cannot be read${didYouMean(type, READABLE_TYPES)} (readable: Patient, ${READABLE_TYPES.join(', ')})`,
    );
  }
  for (const [, token = ''] of template.matchAll(TOKEN)) {
    if (!TOKENS.includes(token))
      tables.report(
        place,
        `"{{${token}}}" is not one of ${TOKENS.map((one) => `{{${one}}}`).join(', ')}: not every client can fill in others`,
      );
  }
  const parameters = template.includes('?')
    ? template
        .slice(template.indexOf('?') + 1)
        .split('&')
        .map((one) => one.split('=')[0] ?? '')
    : [];
  for (const name of parameters) {
    if (parameters.indexOf(name) !== parameters.lastIndexOf(name))
      tables.report(place, `"${name}" is given twice: join the values with a comma`);
    if (/^_(rev)?include|^_has/.test(name) || name.includes('.') || (name.includes(':') && !name.endsWith(':in'))) {
      tables.report(place, `"${name}" is outside the query subset that clients support`);
    }
  }
  return {
    name: named.name,
    label: tables.language.say(label, inside(named, 'label')),
    type,
    template,
    required,
    pages,
    ...(extra && { isExtra: true }),
  };
}
