import type { OrderChoice, RungChoice } from '../../workbench/explanation.ts';
import { Fold } from '../shared/fold.tsx';
import { type ChoicesProps, pick } from './chosen.ts';
import { SelectField, TextField } from './fields.tsx';
import { RXNORM, sided } from './order.ts';
import { texts } from './texts.ts';

const SYSTEMS = {
  '': '–',
  'http://www.ama-assn.org/go/cpt': 'CPT',
  'http://snomed.info/sct': 'SNOMED CT',
  'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'HCPCS',
  [RXNORM]: 'RxNorm',
} as const;
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';

/** The order of the story, a kind of order of the pack, or one typed by hand. */
export function OrderForm({ setup, chosen, choose }: ChoicesProps) {
  const words = texts.order;
  const { order } = chosen;
  const hasStory = setup.patients.find(({ id }) => id === chosen.patientId)?.order !== undefined;
  const isTyped = chosen.ladder === 'typed';
  const change = (part: Partial<OrderChoice>) => choose({ ...chosen, order: { ...order, ...part }, isChanged: true });
  return (
    <>
      <label class="field">
        <span>{words.choose}</span>
        <select
          class="input"
          value={chosen.ladder}
          onChange={(event) => choose({ ...chosen, ...pick({ ...chosen, ladder: event.currentTarget.value }, setup) })}
        >
          {hasStory && <option value="story">{words.story}</option>}
          {setup.ladder.map((rung) => (
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
        {order.priority !== 'routine' && (
          <>
            {' '}
            <span class="badge warn">{words.priorities[order.priority]}</span>
          </>
        )}
      </p>
      <Fold summary={words.details} isOpen={isTyped} key={String(isTyped)}>
        {() => <OrderFields order={order} change={change} />}
      </Fold>
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

interface OrderFieldsProps {
  readonly order: OrderChoice;
  readonly change: (part: Partial<OrderChoice>) => void;
}

function OrderFields({ order: { what, site, reason, priority }, change }: OrderFieldsProps) {
  const words = texts.order;
  const { side, place } = sided(site);
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
      <TextField label={words.site} value={place} change={(text) => change({ site: words.sited(text, side) })} />
      <SelectField
        label={words.side}
        value={side}
        options={words.sides}
        change={(next) => change({ site: words.sited(place, next as typeof side) })}
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
