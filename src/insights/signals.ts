import { percent, type Tally } from './counts.ts';
import type { CardName, Limits, Signal } from './report.ts';

const rounded = (value: number): string => `${Math.round(value)} %`;

/** Why a version of a card should be looked at. Shares are of answers: many clients send nothing when a card is passed over. */
export function signalsOf(
  tally: Tally,
  name: CardName | undefined,
  limits: Limits,
  chartLacks: readonly string[],
): Signal[] {
  return [lowAcceptance(tally, limits), lacksChart(tally, limits, chartLacks), handCheck(tally, name, limits)].flatMap(
    (signal) => signal ?? [],
  );
}

const isJudged = ({ accepted, overridden }: Tally, { leastAnswers }: Limits): boolean =>
  leastAnswers !== undefined && accepted + overridden >= leastAnswers;

function lowAcceptance(tally: Tally, limits: Limits): Signal | undefined {
  const { leastAcceptance } = limits;
  const answered = tally.accepted + tally.overridden;
  const share = percent(tally.accepted, answered);
  if (leastAcceptance === undefined || !isJudged(tally, limits) || share >= leastAcceptance) return undefined;
  const says = `Accepted in ${rounded(share)} of ${answered} answers; below ${leastAcceptance} % it should be retired or retuned.`;
  return { kind: 'low-acceptance', says, value: share, of: answered, limit: leastAcceptance };
}

function lacksChart(tally: Tally, limits: Limits, chartLacks: readonly string[]): Signal | undefined {
  const { mostChartLacks } = limits;
  const lacking = chartLacks.reduce((count, reason) => count + (tally.reasons.get(reason) ?? 0), 0);
  const share = percent(lacking, tally.overridden);
  if (mostChartLacks === undefined || !isJudged(tally, limits) || share <= mostChartLacks) return undefined;
  const says = `${rounded(share)} of ${tally.overridden} overrides say that the chart lacks something; above ${mostChartLacks} % the card should be retired or retuned.`;
  return { kind: 'chart-lacks', says, value: share, of: tally.overridden, limit: mostChartLacks };
}

/** A card that fires unseen is waiting to be shown. */
function handCheck(
  { silent, draft, shown }: Tally,
  name: CardName | undefined,
  { handCheck: least }: Limits,
): Signal | undefined {
  const unseen = silent + draft;
  if (least === undefined || unseen === 0 || shown > 0 || name?.status === 'retired') return undefined;
  const says =
    unseen < least
      ? `Fired unseen ${unseen} of the ${least} times that should be checked by hand before anybody is shown it.`
      : `Fired unseen ${unseen} times: check ${least} of them by hand before anybody is shown it.`;
  return { kind: 'hand-check', says, value: unseen, limit: least };
}
