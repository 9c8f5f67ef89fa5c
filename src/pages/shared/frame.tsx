import type { ComponentChildren } from 'preact';
import iconUrl from './icon.svg';
import './tokens.css';
import './base.css';

interface FrameProps {
  readonly where: string;
  /** Pages to go on to. */
  readonly links?: readonly { readonly href: string; readonly label: string }[];
  readonly children: ComponentChildren;
}

/** What every page has around it. */
export function Frame({ where, links = [], children }: FrameProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="masthead">
        <div class="frame">
          <img src={iconUrl} alt="" />
          <span>Rehab First</span>
          <span class="where">{where}</span>
          {links.length > 0 && (
            <nav aria-label="Pages">
              {links.map(({ href, label }) => (
                <a href={href} key={href}>
                  {label}
                </a>
              ))}
            </nav>
          )}
        </div>
      </header>
      <main class="frame" id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
