import { readdirSync, readFileSync } from 'node:fs';
import { moveStory } from '../clinical/story.ts';
import { isObject, list, member, text } from '../logic/json.ts';
import type { PatientLine } from './explanation.ts';
import { STORIES } from './stories.ts';

const PATIENTS = new URL('../../fixtures/patients/', import.meta.url);

/** The synthetic patients, in the order of their stories; none in an installation without them. */
export interface Roster {
  readonly patients: (today: number, locale: string) => readonly PatientLine[];
  /** The whole chart, its story taking place on `today`; undefined for an unknown id. */
  readonly chart: (id: string, today: number) => object | undefined;
}

/** Reads the charts of a folder once. */
export function readRoster(folder: URL = PATIENTS): Roster {
  const charts = new Map(filesOf(folder).map((file) => [file.slice(0, -'.json'.length), readChart(file, folder)]));
  const known = Object.keys(STORIES).filter((id) => charts.has(id));
  const ids = [...known, ...[...charts.keys()].filter((id) => !known.includes(id)).sort()];
  return {
    patients: (today, locale) => ids.map((id) => lineOf(id, moveStory(charts.get(id), today), locale)),
    chart: (id, today) => {
      const chart = charts.get(id);
      return chart === undefined ? undefined : moveStory(chart, today);
    },
  };
}

function filesOf(folder: URL): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const readChart = (file: string, folder: URL): object => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

function lineOf(id: string, chart: unknown, locale: string): PatientLine {
  const entries = list(member(chart, 'entry')).map((entry) => member(entry, 'resource'));
  const patient = entries.find((one) => isObject(one) && one.resourceType === 'Patient');
  const name = text(patient, 'name.text') ?? [text(patient, 'name.given'), text(patient, 'name.family')].join(' ');
  const story = STORIES[id];
  const spoken = locale === 'es' ? locale : 'en';
  return {
    id,
    name: name.trim() || id,
    gender: text(patient, 'gender') ?? '',
    birthDate: text(patient, 'birthDate') ?? '',
    story: story?.story[spoken] ?? id,
    ...(story && { order: story.order[spoken] }),
  };
}
