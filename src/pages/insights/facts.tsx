import type { Report } from '../../insights/report.ts';
import { duration, number, share } from '../shared/format.ts';
import { texts } from './texts.ts';

/** The four numbers to see first. */
export function Facts({ report: { total, review } }: { readonly report: Report }) {
  const { facts } = texts;
  const answers = total.accepted + total.overridden;
  const { answerTime } = total;
  const list = [
    [facts.acceptance, share(total.accepted, answers), facts.acceptanceOf(number(answers))],
    [
      facts.answer,
      answerTime === undefined ? '–' : duration(answerTime.median),
      answerTime === undefined ? facts.none : facts.answerP90(duration(answerTime.p90)),
    ],
    [facts.ignored, share(total.ignored, total.shown), facts.ignoredOf(number(total.shown))],
    [facts.review, number(review.total), facts.reviewOf],
  ] as const;
  return (
    <dl class="facts">
      {list.map(([name, value, more]) => (
        <div class="panel" key={name}>
          <dt>{name}</dt>
          <dd class="value">{value}</dd>
          <dd class="small">{more}</dd>
        </div>
      ))}
    </dl>
  );
}
