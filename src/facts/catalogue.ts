import type { Reader } from './reader.ts';
import { course } from './readers/course.ts';
import { duration } from './readers/duration.ts';
import { encounter } from './readers/encounter.ts';
import { find, rows } from './readers/find.ts';
import { indication } from './readers/indication.ts';
import { observation } from './readers/observation.ts';
import { drafts, order, orderMentions } from './readers/order.ts';
import { patient } from './readers/patient.ts';

/** Every way a fact can read a chart. Adding one is code; using one is not. */
export const READERS: ReadonlyMap<string, Reader> = new Map(
  [find, rows, course, observation, duration, indication, patient, encounter, order, orderMentions, drafts].map(
    (reader) => [reader.name, reader],
  ),
);
