import { type Problem, printProblem } from '../documents/problem.ts';

export { didYouMean, type Problem, printProblem } from '../documents/problem.ts';

/** The knowledge folder cannot be used; every fault is listed. */
export class KnowledgeProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      [
        `The knowledge folder has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
        ...problems.map(printProblem),
      ].join('\n'),
    );
    this.name = 'KnowledgeProblems';
    this.problems = problems;
  }
}
