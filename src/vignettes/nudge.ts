import type { Knowledge, Parameter } from '../knowledge/types.ts';
import { judge } from '../rules/decide.ts';
import { evaluate } from '../rules/evaluate.ts';
import { moveAll, moveCard } from './move.ts';
import { decidingParameters, type VignetteResult, wordingOf } from './run.ts';

/**
 * Numbers that could be changed by one step, up or down, without any vignette noticing. A number that no vignette notices is a number
 * that nobody tests.
 */
export function untestedNumbers(knowledge: Knowledge, results: readonly VignetteResult[]): string[] {
  return decidingParameters(knowledge).flatMap((parameter) =>
    [stepOf(parameter), -stepOf(parameter)].flatMap((step) => {
      const value = Number((parameter.value + step).toFixed(6));
      const isNoticed = whoNotices({ ...parameter, value }, knowledge, results).next().done !== true;
      return isNoticed
        ? []
        : [`no vignette notices "${parameter.name}" moved from ${parameter.value} to ${value} ${parameter.unit}`];
    }),
  );
}

const stepOf = ({ value }: Parameter): number => (Number.isInteger(value) ? 1 : 0.1);

/**
 * Vignettes that come to something else when a parameter is moved. Each is judged anew from what was read of its chart; only facts that
 * the parameter has a part in are read again, and cards that it has no part in are passed over.
 */
export function* whoNotices(
  moved: Parameter,
  { cards, services }: Knowledge,
  results: readonly VignetteResult[],
): Generator<VignetteResult> {
  const movedCards = new Map(cards.map((card) => [card, moveCard(card, moved)]));
  const shared = new Map(
    services.map((service) => {
      const [silence, caps] = [moveAll(service.silence, moved), moveAll(service.caps, moved)];
      return [service, { silence, caps, isMoved: silence !== service.silence || caps !== service.caps }];
    }),
  );
  for (const result of results) {
    const { judgement, service, actual, vignette } = result;
    if (judgement === undefined || service === undefined) continue;
    const card = movedCards.get(judgement.card) ?? judgement.card;
    const around = shared.get(service);
    if (around === undefined || (card === judgement.card && !around.isMoved)) continue;
    const { scoped, read } = judgement;
    const silence = around.silence.map((criterion) => evaluate(criterion, read));
    const caps = around.caps.map((criterion) => evaluate(criterion, read));
    if (wordingOf(judge(card, scoped, silence, caps, read), vignette) !== actual) yield result;
  }
}
