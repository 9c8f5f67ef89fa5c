import { type ComponentType, render } from 'preact';
import { spoken } from './shared/language.ts';
import './shared/tokens.css';
import './shared/base.css';
import './shared/controls.css';
import './shared/tables.css';

/** A page, fetched when its address is opened: one shell serves them all. */
interface PageModule {
  readonly Page: ComponentType;
}

const PAGES: Readonly<Record<string, () => Promise<PageModule>>> = {
  '/': () => import('./workbench/workbench.tsx'),
  '/insights': () => import('./insights/insights.tsx'),
  '/knowledge': () => import('./knowledge/knowledge.tsx'),
};

const place = document.getElementById('page');
const load = PAGES[location.pathname.replace(/(?<=.)\/$/, '')];
if (place !== null && load !== undefined) {
  document.documentElement.lang = spoken;
  const { Page } = await load();
  place.replaceChildren();
  render(<Page />, place);
}
