import type { OrderChoice, RungChoice } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import type { ChoicesProps } from './chosen.ts';
import { SelectField, TextField } from './fields.tsx';
import { texts } from './texts.ts';

const SYSTEMS = {
  '': '–',
  'http://www.ama-assn.org/go/cpt': 'CPT',
  'http://snomed.info/sct': 'SNOMED CT',
  'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'HCPCS',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
} as const;
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
/** The words that orders give a side by. */
const SIDE = /\b(left|right)\b\s*/i;

/** The order of the story, a kind of order of the pack, or one typed by hand. */
export function OrderForm({ setup: { ladder, patients }, chosen, choose }: ChoicesProps) {
  const words = texts.order;
  const { order } = chosen;
  const story = patients.find(({ id }) => id === chosen.patientId)?.order;
  const pick = (name: string) => choose({ ...chosen, ladder: name, order: picked(name, story, order, ladder) });
  const change = (part: Partial<OrderChoice>) => choose({ ...chosen, order: { ...order, ...part } });
  return (
    <>
      <label class="field">
        <span>{words.choose}</span>
        <select class="input" value={chosen.ladder} onChange={(event) => pick(event.currentTarget.value)}>
          {story !== undefined && <option value="story">{words.story}</option>}
          {ladder.map((rung) => (
            <RungGroup rung={rung} key={rung.name ?? ''} />
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
    </>
  );
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function RungGroup({ rung: { title = texts.order.others, orders } }: { readonly rung: RungChoice }) {
  if (orders.length === 0) return null;
  return (
    <optgroup label={title}>
      {orders.map((order) => (
        <option value={order.name} key={order.name}>
          {order.title}
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
  ladder: readonly RungChoice[],
): OrderChoice {
  if (name === 'story') return story ?? now;
  const kind = ladder.flatMap(({ orders }) => orders).find((one) => one.name === name);
  if (kind === undefined) return { ...now, what: { text: '' } };
  const { site, reason } = story ?? now;
  const side = SIDE.exec(site)?.[1]?.toLowerCase() ?? '';
  return { what: kind.what, site: `${side} ${kind.site}`.trim(), reason, priority: 'routine' };
}

interface OrderFieldsProps {
  readonly order: OrderChoice;
  readonly change: (part: Partial<OrderChoice>) => void;
}

function OrderFields({ order: { what, site, reason, priority }, change }: OrderFieldsProps) {
  const words = texts.order;
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
