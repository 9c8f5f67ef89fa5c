import type { RawResource } from '../cds-hooks/types.ts';

/** One named FHIR query: a prefetch key, its template and its bounds. */
export interface SliceDefinition {
  readonly name: string;
  /** The resource type the query is for. */
  readonly type: string;
  /** Relative FHIR read or search with `{{context.patientId}}` or `{{context.encounterId}}`. */
  readonly template: string;
  /** A required slice that cannot be had makes the call a 412. */
  readonly required: boolean;
  /** How many pages of a search are read at most, the first included; what lies beyond leaves the slice partial. */
  readonly pages: number;
  /** A source that most sites lack: where it cannot be had it counts as empty, so that it leaves nothing in doubt. */
  readonly isExtra?: boolean;
}

/** What is known of one slice for one call. `included` holds resources that came along but were not asked for (search mode `include`). */
export type Slice =
  | {
      readonly state: 'complete' | 'partial';
      readonly resources: readonly RawResource[];
      readonly included: readonly RawResource[];
    }
  | { readonly state: 'unavailable'; readonly reason: string };

/** What a FHIR read may say. Errors never reach the caller as exceptions: they become a reason without URL, id or token. */
export type ReadResult =
  | { readonly ok: true; readonly resource: RawResource }
  | { readonly ok: false; readonly reason: string };

/** Reads from the one FHIR server of the one call it was made for. */
export interface FhirReader {
  /** @param path relative to the FHIR base (`Patient/1`, `Condition?patient=1`), or a `next` link: refused unless it lies under the base. */
  read(path: string): Promise<ReadResult>;
}
