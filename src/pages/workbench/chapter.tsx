import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface ChapterProps {
  readonly title: string;
  /** What is chosen in it, said while it is closed. */
  readonly brief?: string;
  readonly children: ComponentChildren;
}

/** A panel that is closed at first where the answer would otherwise stand far below. */
export function Chapter({ title, brief, children }: ChapterProps) {
  const [isOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  return (
    <details class="panel chapter" open={isOpen}>
      <summary>
        <h2>{title}</h2>
        {brief !== undefined && <p class="brief">{brief}</p>}
      </summary>
      <div class="fields-stack">{children}</div>
    </details>
  );
}
