/** How the bench was asked to run. */
export interface Options {
  readonly now: () => Date;
  /** Fewer rounds, to see while working on something whether it helps. */
  readonly isQuick: boolean;
  /** Says on the terminal how far it is. */
  readonly tell: (line: string) => void;
}

/** One thing that is measured. */
export interface Part {
  readonly name: string;
  /** It takes so long that it runs only when it is named. */
  readonly isLong?: boolean;
  readonly run: (options: Options) => Promise<Result>;
}

export interface Result {
  readonly markdown: string;
  readonly json: unknown;
}
