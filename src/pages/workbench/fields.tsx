/** Form fields, each with its label. */

interface FieldProps<T> {
  readonly label: string;
  readonly value: T;
  readonly change: (value: T) => void;
}

export function TextField({
  label,
  value,
  change,
  isWide = false,
}: FieldProps<string> & { readonly isWide?: boolean }) {
  return (
    <label class={isWide ? 'field across' : 'field'}>
      <span>{label}</span>
      <input class="input" type="text" value={value} onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

type Options = Readonly<Record<string, string>>;

export function SelectField({ label, value, change, options }: FieldProps<string> & { readonly options: Options }) {
  return (
    <label class="field">
      <span>{label}</span>
      <select class="input" value={value} onChange={(event) => change(event.currentTarget.value)}>
        {Object.entries(options).map(([key, text]) => (
          <option value={key} key={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function CheckField({ label, value, change }: FieldProps<boolean>) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface SegmentsProps {
  readonly legend: string;
  readonly options: Options;
  readonly value: string;
  readonly change: (value: string) => void;
}

/** One of a few, all of them visible. */
export function Segments({ legend, options, value, change }: SegmentsProps) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="segments">
        {Object.entries(options).map(([key, text]) => (
          <label key={key}>
            <input type="radio" name={legend} checked={value === key} onChange={() => change(key)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
