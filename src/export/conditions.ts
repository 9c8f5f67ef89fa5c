import type { PlanDefinitionActionCondition } from 'fhir/r4.js';
import type { Condition, Criterion } from '../knowledge/types.ts';
import { fhirPathOf, notKnown } from './fhir-path.ts';
import type { Spelled } from './text.ts';

/** A condition that must hold: readable text, and FHIRPath beside it where that is exact. */
export const applies = (title: string, condition: Condition, spelled: Spelled): PlanDefinitionActionCondition =>
  expressed(title, spelled.plain(condition), fhirPathOf(condition));

/** A criterion that must not be known to hold: what cannot be judged silences nothing. */
export function appliesNot(criterion: Criterion, spelled: Spelled): PlanDefinitionActionCondition {
  const path = fhirPathOf(criterion);
  return expressed(
    `not: ${criterion.title}`,
    `not known (${spelled.plain(criterion)})`,
    path === undefined ? undefined : notKnown(path),
  );
}

function expressed(title: string, text: string, path: string | undefined): PlanDefinitionActionCondition {
  const expression =
    path === undefined
      ? { description: title, language: 'text/plain', expression: text }
      : { description: `${title}: ${text}`, language: 'text/fhirpath', expression: path };
  return { kind: 'applicability', expression };
}
