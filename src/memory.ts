import { type Considered, considerCall, type Deps, type Journal, newJournal, type Subject } from './answer.ts';
import type { Caller, CdsResponse, HookRequest } from './cds-hooks/types.ts';
import { ServiceError } from './errors.ts';
import { inLanguage } from './knowledge/language.ts';
import type { Decision, Judgement } from './rules/decide.ts';
import { deciding } from './rules/evaluate.ts';
import type { CardRecord, DecisionRecord, Disposition, Store } from './store/store.ts';
import type { Trace } from './trace.ts';

const MS_PER_DAY = 86_400_000;
/** A doctor waits no longer than this for what the store remembers; then the card is shown. */
const LOOK_BACK_MS = 250;
const MOST_REFERENCES = 20;

/** What remembering needs beside the store. */
export interface MemoryDeps extends Omit<Deps, 'isAnswered' | 'considersDrafts' | 'openReader'> {
  /** As in `Deps`, on behalf of a trace. */
  readonly openReader: (...call: [...Parameters<Deps['openReader']>, Trace?]) => ReturnType<Deps['openReader']>;
  readonly store: Pick<Store, 'answeredWithin' | 'recordDecision'>;
  /** Told, without patient data, that something could not be looked up or kept. */
  readonly report: (problem: string, error: unknown, trace: Trace | undefined) => void;
}

/** What a call brings beside its body. */
export interface Passage {
  /** BCP 47 tags that the client asks for, the most wanted first. */
  readonly languages: readonly string[];
  /** The trace that reads of the chart belong to. */
  readonly trace?: Trace;
  /** Where milliseconds by step are written to. */
  readonly timings?: Record<string, number>;
}

/** What is answered, and in which language. */
export interface Answer {
  readonly response: CdsResponse;
  readonly language: string;
}

/**
 * Answers calls, asks the store what was answered before, and records every call in scope before it is answered. A store that fails
 * costs memory, never a card: then the card is shown again, and the call is not recorded.
 */
export function rememberCalls(
  deps: MemoryDeps,
): (serviceId: string, request: HookRequest, caller: Caller, passage: Passage) => Promise<Answer> {
  return async (serviceId, request, caller, { languages, trace, timings = {} }) => {
    const knowledge = inLanguage(deps.knowledge, languages);
    const journal: Journal = { ...newJournal(), timings };
    const openReader: Deps['openReader'] = (...call) => deps.openReader(...call, trace);
    const isAnswered = (about: Subject) => lookBack(about, deps, trace);
    const time = deps.clock();
    const record = async (outcome: Considered | ServiceError) => {
      if (journal.orders.length === 0) return;
      const decision = recordOf(request, serviceId, caller, time, deps.knowledge.revision, journal, outcome);
      await deps.store
        .recordDecision(decision)
        .catch((error) => deps.report('a decision is not recorded', error, trace));
    };
    try {
      const considered = await considerCall(
        serviceId,
        request,
        { ...deps, openReader, knowledge, isAnswered, considersDrafts: true },
        caller,
        journal,
      );
      await record(considered);
      return { response: considered.response, language: knowledge.locale };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await record(error);
      // a card on trial is not shown, so what is missing for it is no failure of the call
      if (journal.isDraftOnly && journal.orders.length > 0)
        return { response: { cards: [] }, language: knowledge.locale };
      throw error;
    }
  };
}

/** What the store is asked about a kind of order: whether a card about it was answered in its last days. */
export const answersSought = ({ caller, patientId, orderClass, card, days }: Subject, now: Date) => ({
  ...caller,
  patient: patientId,
  orderClass: orderClass.name,
  ...(card !== undefined && { card }),
  since: new Date(now.getTime() - days * MS_PER_DAY),
});

/** Whether a card about this kind of order was answered; no when the store cannot tell in time. */
async function lookBack(about: Subject, deps: MemoryDeps, trace: Trace | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LOOK_BACK_MS} ms`)), LOOK_BACK_MS);
  });
  const asked = deps.store.answeredWithin(answersSought(about, deps.clock()));
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    deps.report('what was answered before is not known', error, trace);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function recordOf(
  { hook, hookInstance, context }: HookRequest,
  service: string,
  caller: Caller,
  time: Date,
  knowledge: string,
  { orders, timings }: Journal,
  outcome: Considered | ServiceError,
): DecisionRecord {
  return {
    ...caller,
    time,
    hookInstance,
    hook,
    service,
    knowledge,
    patient: context.patientId,
    orderClasses: [...new Set(orders.map(({ orderClass }) => orderClass.name))],
    ...(outcome instanceof ServiceError && { failure: outcome.code }),
    cards: outcome instanceof ServiceError ? [] : cardsOf(outcome),
    timings: Object.fromEntries(Object.entries(timings).map(([step, ms]) => [step, Number(ms.toFixed(3))])),
  };
}

function cardsOf({ decision, drafts, withheld, response }: Considered): CardRecord[] {
  const shown = decision?.shown;
  const uuid = response.cards[0]?.uuid;
  const dispositionOf = (judgement: Judgement): Disposition => {
    if (judgement.card.status !== 'active') return 'draft';
    return judgement === shown ? (withheld ?? 'shown') : 'arbitrated';
  };
  return [decision, drafts].flatMap((one) =>
    (one?.judgements ?? []).map((judgement) => ({
      ...judged(judgement, one),
      ...(judgement.verdict === 'fires' && one?.silencedBy === undefined && { disposition: dispositionOf(judgement) }),
      ...(judgement === shown && withheld === undefined && uuid !== undefined && { uuid }),
    })),
  );
}

/** A card fires in vain when a criterion holds for another order of the call: then it is silent like the rest. */
function judged(judgement: Judgement, decision: Decision | undefined): CardRecord {
  const { card, scoped, verdict, outcome, indicator } = judgement;
  const byOther = verdict === 'fires' ? decision?.silencedBy?.criterion : undefined;
  const silencedBy = verdict === 'silent' ? judgement.silencedBy : byOther;
  return {
    card: card.id,
    version: card.version,
    orderClass: scoped.orderClass.name,
    verdict: byOther === undefined ? verdict : 'silent',
    ...(silencedBy !== undefined && { silencedBy }),
    ...(outcome !== undefined && { outcome: outcome.id }),
    ...(indicator !== undefined && { indicator }),
    references: referencesOf(judgement),
  };
}

/** Resources that decided, never their contents, and not the patient, whose id is kept as an HMAC only. */
function referencesOf({ when, silence, tried }: Judgement): string[] {
  const holding = [...silence, ...tried].filter(({ truth }) => truth === 'holds');
  const references = [when, ...holding].flatMap(deciding).flatMap(({ reading }) => reading.evidence);
  const named = references
    .map(({ reference }) => reference)
    .filter((reference) => !/(?:^|\/)Patient\//.test(reference));
  return [...new Set(named)].sort().slice(0, MOST_REFERENCES);
}
