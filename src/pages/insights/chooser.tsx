import type { Report } from '../../insights/report.ts';
import { type Asked, WEEKS } from './load.ts';
import { texts } from './texts.ts';

interface ChooserProps {
  readonly asked: Asked;
  readonly choose: (asked: Asked) => void;
  readonly report: Report | undefined;
}

/** Chooses the days: some weeks up to now, or from one day to another. */
export function Chooser({ asked, choose, report }: ChooserProps) {
  const { legend, weeks, other } = texts.chooser;
  return (
    <div class="chooser">
      <fieldset class="segments">
        <legend class="unseen">{legend}</legend>
        {WEEKS.map((count) => (
          <label key={count}>
            <input
              type="radio"
              name="weeks"
              checked={'weeks' in asked && asked.weeks === count}
              onChange={() => choose({ weeks: count })}
            />
            <span>{weeks(count)}</span>
          </label>
        ))}
      </fieldset>
      <details open={'since' in asked}>
        <summary>{other}</summary>
        <DaysForm report={report} choose={choose} />
      </details>
    </div>
  );
}

function DaysForm({ report, choose }: Omit<ChooserProps, 'asked'>) {
  const { since, until, apply } = texts.chooser;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    choose({ since: String(form.get('since')), until: String(form.get('until')) });
  };
  return (
    <form class="days" onSubmit={submit}>
      <label>
        <span class="field-name">{since}</span>
        <input type="date" name="since" required max={report?.period.until} defaultValue={report?.period.since} />
      </label>
      <label>
        <span class="field-name">{until}</span>
        <input type="date" name="until" required defaultValue={report?.period.until} />
      </label>
      <button type="submit" class="button">
        {apply}
      </button>
    </form>
  );
}
