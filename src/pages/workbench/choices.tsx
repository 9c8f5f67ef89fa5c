import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { LadderOrder, OrderChoice, PatientLine, Setup } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { type Edits, LATER, NO_EDITS } from './edits.ts';
import { CheckField, Segments, SelectField, TextField } from './fields.tsx';
import type { Data, Hook } from './service.ts';
import { texts } from './texts.ts';

/** Everything that is chosen on the left. */
export interface Chosen {
  readonly patientId: string;
  /** Name of a kind of order, `story`, or `typed`. */
  readonly ladder: string;
  readonly order: OrderChoice;
  readonly hook: Hook;
  readonly data: Data;
  readonly language: string;
  readonly edits: Edits;
}

interface ChoicesProps {
  readonly setup: Setup;
  readonly chosen: Chosen;
  readonly choose: (next: Chosen) => void;
}

const NO_ORDER: OrderChoice = { what: { text: '' }, site: '', reason: { text: '' }, priority: 'routine' };
const SYSTEMS = {
  '': '–',
  'http://www.ama-assn.org/go/cpt': 'CPT',
  'http://snomed.info/sct': 'SNOMED CT',
  'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'HCPCS',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
} as const;
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const SIDE = /\b(left|right)\b\s*/i;

/** What is chosen at first: the patient that the address names, else the first one. */
export function chosenFor({ patients, languages }: Setup, query: URLSearchParams): Chosen {
  const patient = patients.find(({ id }) => id === query.get('patient')) ?? (patients[0] as PatientLine);
  const [language = 'en'] = languages;
  return { ...ofPatient(patient), hook: 'order-select', data: 'prefetch', language, edits: NO_EDITS };
}

const ofPatient = ({ id, order }: PatientLine) => ({
  patientId: id,
  ladder: order ? 'story' : 'typed',
  order: order ?? NO_ORDER,
});

/** Patient, order, call and chart edits. */
export function Choices({ setup, chosen, choose }: ChoicesProps) {
  return (
    <form class="choices" onSubmit={(event) => event.preventDefault()}>
      <PatientChoice setup={setup} chosen={chosen} choose={choose} />
      <OrderForm setup={setup} chosen={chosen} choose={choose} />
      <CallChoice setup={setup} chosen={chosen} choose={choose} />
      <EditsForm edits={chosen.edits} change={(edits) => choose({ ...chosen, edits })} />
    </form>
  );
}

function PatientChoice({ setup: { patients, today }, chosen, choose }: ChoicesProps) {
  const words = texts.patient;
  const patient = patients.find(({ id }) => id === chosen.patientId);
  const options = Object.fromEntries(patients.map(({ id, name, story }) => [id, `${name} · ${story}`]));
  const pick = (id: string) => {
    const next = patients.find((one) => one.id === id);
    if (next !== undefined) choose({ ...chosen, ...ofPatient(next), edits: NO_EDITS });
  };
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <SelectField label={words.choose} value={chosen.patientId} options={options} change={pick} />
      {patient !== undefined && (
        <p class="story">
          <strong>{patient.name}</strong>, {words.age(yearsBetween(patient.birthDate, today), patient.gender)}.{' '}
          {patient.story}
        </p>
      )}
    </section>
  );
}

function yearsBetween(birth: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  return today.slice(5) < birth.slice(5) ? years - 1 : years;
}

function OrderForm({ setup: { ladder, patients }, chosen, choose }: ChoicesProps) {
  const words = texts.order;
  const { order } = chosen;
  const story = patients.find(({ id }) => id === chosen.patientId)?.order;
  const pick = (name: string) => choose({ ...chosen, ladder: name, order: picked(name, story, order, ladder) });
  const change = (part: Partial<OrderChoice>) => choose({ ...chosen, order: { ...order, ...part } });
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <label class="field">
        <span>{words.choose}</span>
        <select class="input" value={chosen.ladder} onChange={(event) => pick(event.currentTarget.value)}>
          {story !== undefined && <option value="story">{words.story}</option>}
          {(Object.keys(words.steps) as (keyof typeof words.steps)[]).map((step) => (
            <LadderGroup label={words.steps[step]} orders={ladder.filter((one) => one.step === step)} key={step} />
          ))}
          <option value="typed">{words.typed}</option>
        </select>
      </label>
      <p class="story">
        <strong>{order.what.text || '…'}</strong>
        {order.what.code && ` ${order.what.code}`}
        {order.site && `, ${order.site}`}
        {order.reason.text && `, ${lower(order.reason.text)}`}
        {order.priority !== 'routine' && <span class="badge warn"> {words.priorities[order.priority]}</span>}
      </p>
      <Fold summary={words.details}>{() => <OrderFields order={order} change={change} />}</Fold>
    </section>
  );
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function LadderGroup({ label, orders }: { readonly label: string; readonly orders: readonly LadderOrder[] }) {
  if (orders.length === 0) return null;
  return (
    <optgroup label={label}>
      {orders.map(({ name, title }) => (
        <option value={name} key={name}>
          {title}
        </option>
      ))}
    </optgroup>
  );
}

/** A kind of order keeps the patient's reason and side. */
function picked(
  name: string,
  story: OrderChoice | undefined,
  now: OrderChoice,
  ladder: readonly LadderOrder[],
): OrderChoice {
  if (name === 'story') return story ?? now;
  const kind = ladder.find((one) => one.name === name);
  if (kind === undefined) return { ...now, what: { text: '' } };
  const side = SIDE.exec((story ?? now).site)?.[1]?.toLowerCase();
  const isPaired = side !== undefined && !kind.site.includes('spine');
  return {
    what: kind.what,
    site: isPaired ? `${side} ${kind.site}` : kind.site,
    reason: (story ?? now).reason,
    priority: 'routine',
  };
}

function OrderFields({
  order,
  change,
}: {
  readonly order: OrderChoice;
  readonly change: (part: Partial<OrderChoice>) => void;
}) {
  const words = texts.order;
  const { what, site, reason, priority } = order;
  const side = SIDE.exec(site)?.[1]?.toLowerCase() ?? '';
  const bare = site.replace(SIDE, '');
  return (
    <div class="fields">
      <TextField label={words.text} value={what.text} change={(text) => change({ what: { ...what, text } })} isWide />
      <TextField label={words.code} value={what.code ?? ''} change={(code) => change({ what: { ...what, code } })} />
      <SelectField
        label={words.system}
        value={what.system ?? ''}
        options={SYSTEMS}
        change={(system) => change({ what: { ...what, system } })}
      />
      <TextField label={words.site} value={bare} change={(text) => change({ site: `${side} ${text}`.trimStart() })} />
      <SelectField
        label={words.side}
        value={side}
        options={words.sides}
        change={(next) => change({ site: `${next} ${bare}`.trim() })}
      />
      <TextField
        label={words.reason}
        value={reason.text}
        change={(text) => change({ reason: { ...reason, text } })}
        isWide
      />
      <TextField
        label={words.reasonCode}
        value={reason.code ?? ''}
        change={(code) => change({ reason: { ...reason, code, system: ICD } })}
      />
      <SelectField
        label={words.priority}
        value={priority}
        options={words.priorities}
        change={(next) => change({ priority: next as OrderChoice['priority'] })}
      />
    </div>
  );
}

/** A panel that is closed at first where the answer would otherwise stand far below. */
function Chapter({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const [isOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  return (
    <details class="panel chapter" open={isOpen}>
      <summary>
        <h2>{title}</h2>
      </summary>
      <div class="fields-stack">{children}</div>
    </details>
  );
}

function CallChoice({ setup: { languages }, chosen, choose }: ChoicesProps) {
  const words = texts.call;
  const spoken = Object.fromEntries(languages.map((tag) => [tag, words.languages[tag] ?? tag]));
  return (
    <Chapter title={words.title}>
      <Segments
        legend={words.hook}
        options={words.hooks}
        value={chosen.hook}
        change={(hook) => choose({ ...chosen, hook: hook as Hook })}
      />
      <Segments
        legend={words.data}
        options={words.datas}
        value={chosen.data}
        change={(data) => choose({ ...chosen, data: data as Data })}
      />
      <p class="hint">{words.about[chosen.data]}</p>
      <Segments
        legend={words.language}
        options={spoken}
        value={chosen.language}
        change={(language) => choose({ ...chosen, language })}
      />
    </Chapter>
  );
}

function EditsForm({ edits, change }: { readonly edits: Edits; readonly change: (edits: Edits) => void }) {
  const words = texts.edits;
  const later = Object.fromEntries(LATER.map((weeks) => [String(weeks), words.weeks(weeks)]));
  return (
    <Chapter title={words.title}>
      <CheckField
        label={words.redFlag}
        value={edits.hasRedFlag}
        change={(hasRedFlag) => change({ ...edits, hasRedFlag })}
      />
      <CheckField
        label={words.physiotherapy}
        value={edits.hasPhysiotherapy}
        change={(hasPhysiotherapy) => change({ ...edits, hasPhysiotherapy })}
      />
      <SelectField
        label={words.later}
        value={String(edits.weeksLater)}
        options={later}
        change={(weeks) => change({ ...edits, weeksLater: Number(weeks) })}
      />
    </Chapter>
  );
}
