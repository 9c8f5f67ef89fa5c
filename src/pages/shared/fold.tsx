import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface FoldProps {
  readonly summary: ComponentChildren;
  readonly children: () => ComponentChildren;
  readonly isOpen?: boolean;
  readonly class?: string;
  readonly id?: string;
}

/** Something that is made only when somebody opens it. */
export function Fold({ summary, children, isOpen = false, class: className, id }: FoldProps) {
  const [wasOpened, setOpened] = useState(isOpen);
  return (
    <details
      {...(id !== undefined && { id })}
      {...(className !== undefined && { class: className })}
      open={isOpen}
      onToggle={(event) => event.currentTarget.open && setOpened(true)}
    >
      <summary>{summary}</summary>
      {(wasOpened || isOpen) && children()}
    </details>
  );
}
