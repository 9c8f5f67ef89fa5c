import type { Report } from '../../insights/report.ts';
import { language } from '../shared/language.ts';
import { texts } from './texts.ts';

/** Days to report on, as the page's own address has them: `weeks`, or `since` and `until`. */
export type Asked = { readonly weeks: number } | { readonly since: string; readonly until: string };

/** Choices of the chooser. */
export const WEEKS = [4, 12, 26, 52] as const;
const DEFAULT: Asked = { weeks: 12 };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the address asks for. */
export function askedIn(search: string): Asked {
  const query = new URLSearchParams(search);
  const [since, until, weeks] = [query.get('since') ?? '', query.get('until') ?? '', Number(query.get('weeks'))];
  if (DAY.test(since) && DAY.test(until)) return { since, until };
  return Number.isInteger(weeks) && weeks > 0 ? { weeks } : DEFAULT;
}

/** The query string that asks for it. */
export const queryOf = (asked: Asked): string =>
  `?${new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))}`;

/** Fetches the report. Rejects with words for people. */
export async function loadReport(asked: Asked, signal: AbortSignal): Promise<Report> {
  const response = await fetch(`/insights/data.json${queryOf(asked)}`, {
    signal,
    headers: { 'Accept-Language': language },
  }).catch((error: Error) => {
    throw error.name === 'AbortError' ? error : new Error(texts.failed.offline);
  });
  if (response.ok) return (await response.json()) as Report;
  if (response.status === 401) throw new Error(texts.failed.login);
  throw new Error(texts.failed.other(await reasonIn(response)));
}

async function reasonIn(response: Response): Promise<string> {
  try {
    const outcome = (await response.json()) as { issue: { diagnostics: string }[] };
    return outcome.issue.map(({ diagnostics }) => diagnostics).join(' ');
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}
