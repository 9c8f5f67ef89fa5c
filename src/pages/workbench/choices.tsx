import { Chapter } from './chapter.tsx';
import { type ChoicesProps, type Chosen, ofPatient } from './chosen.ts';
import { type Edits, LATER, withAdded } from './edits.ts';
import { CheckField, SelectField } from './fields.tsx';
import { OrderForm } from './order-form.tsx';
import { texts } from './texts.ts';

/** Patient and order, and chart edits. */
export function Choices(props: ChoicesProps) {
  const { setup, chosen, choose } = props;
  const patient = setup.patients.find(({ id }) => id === chosen.patientId);
  return (
    <form class="choices" onSubmit={(event) => event.preventDefault()}>
      <Chapter title={texts.order.title} brief={`${patient?.name}: ${chosen.order.what.text || '…'}`}>
        <PatientChoice {...props} />
        <OrderForm {...props} />
      </Chapter>
      <EditsForm chosen={chosen} change={(edits) => choose({ ...chosen, edits })} />
    </form>
  );
}

function PatientChoice({ setup: { patients, today }, chosen, choose }: ChoicesProps) {
  const words = texts.patient;
  const patient = patients.find(({ id }) => id === chosen.patientId);
  const options = Object.fromEntries(patients.map(({ id, name, story }) => [id, `${name} · ${story}`]));
  const pick = (id: string) => {
    const next = patients.find((one) => one.id === id);
    if (next !== undefined) choose({ ...chosen, ...ofPatient(next) });
  };
  return (
    <>
      <SelectField label={words.choose} value={chosen.patientId} options={options} change={pick} />
      {patient !== undefined && (
        <p class="story">
          <strong>{patient.name}</strong>, {words.age(yearsBetween(patient.birthDate, today), patient.gender)}.{' '}
          {patient.story}
        </p>
      )}
    </>
  );
}

function yearsBetween(birth: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return today.slice(5) < birth.slice(5) ? years - 1 : years;
}

interface EditsFormProps {
  readonly chosen: Chosen;
  readonly change: (edits: Edits) => void;
}

function EditsForm({ chosen: { edits, data }, change }: EditsFormProps) {
  const words = texts.edits;
  const later = Object.fromEntries(LATER.map((weeks) => [String(weeks), words.weeks(weeks)]));
  return (
    <Chapter title={words.title}>
      {data === 'fhir' && <p class="hint">{texts.call.about.fhir}</p>}
      <CheckField
        label={words.redFlag}
        value={edits.hasRedFlag}
        change={(hasRedFlag) => change(withAdded(edits, { hasRedFlag }))}
      />
      <CheckField
        label={words.physiotherapy}
        value={edits.hasPhysiotherapy}
        change={(hasPhysiotherapy) => change(withAdded(edits, { hasPhysiotherapy }))}
      />
      <SelectField
        label={words.later}
        value={String(edits.weeksLater)}
        options={later}
        change={(weeks) => change({ ...edits, weeksLater: Number(weeks) })}
      />
      {edits.moved.length === 0 ? <p class="hint">{words.moveHint}</p> : <Moved edits={edits} change={change} />}
    </Chapter>
  );
}

/** Entries that stand at another date, each to be given its own back. */
function Moved({ edits, change }: { readonly edits: Edits; readonly change: (edits: Edits) => void }) {
  const words = texts.edits;
  return (
    <fieldset class="choice">
      <legend>{words.moved}</legend>
      <ul class="moved">
        {edits.moved.map(({ reference, label, days }) => (
          <li key={reference}>
            <span>
              {label} <span class="badge info">{words.days(days)}</span>
            </span>
            <button
              type="button"
              class="undo"
              aria-label={words.undo(label)}
              onClick={({ currentTarget }) => {
                currentTarget.closest('details')?.querySelector('summary')?.focus(); // the button is about to go
                change({ ...edits, moved: edits.moved.filter((one) => one.reference !== reference) });
              }}
            >
              ↺
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
