import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** A panel that is closed at first where the answer would otherwise stand far below. */
export function Chapter({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
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
