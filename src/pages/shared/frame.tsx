import type { ComponentChildren } from 'preact';
import iconUrl from './icon.svg';
import './tokens.css';
import './base.css';

/** What every page has around it. */
export function Frame({ where, children }: { readonly where: string; readonly children: ComponentChildren }) {
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
        </div>
      </header>
      <main class="frame" id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
