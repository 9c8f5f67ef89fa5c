/** JSON to read, select and scroll. */
export function Json({ label, value }: { readonly label: string; readonly value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  const rows = Math.min(24, text.split('\n').length);
  return <textarea class="json" readOnly spellcheck={false} wrap="off" aria-label={label} rows={rows} value={text} />;
}
