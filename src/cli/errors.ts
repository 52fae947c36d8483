/** What a shell sees; the same for every output format (cli.md). */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

/** An error that the user can do something about: one sentence, and what to do next. */
export class CliError extends Error {
  readonly exit: ExitCode;
  /** The sentence; oclif rewrites `message` of what a flag's parser throws. */
  readonly text: string;
  /** Ready to paste where possible; '' when the sentence says it. */
  readonly hint: string;

  constructor(exit: ExitCode, text: string, hint = '') {
    super(text);
    this.exit = exit;
    this.text = text;
    this.hint = hint;
  }
}

/** Wrong usage: a flag, an argument, the configuration file. */
export class UsageError extends CliError {
  constructor(text: string, hint = '') {
    super(2, text, hint);
  }
}

/** Nothing could be read. */
export class InputError extends CliError {
  constructor(text: string, hint = '') {
    super(3, text, hint);
  }
}

/** The cluster does not answer, or refuses the credentials. */
export class ClusterError extends CliError {
  constructor(text: string, hint = '') {
    super(4, text, hint);
  }
}

/** Our own bug, with the stage in which it happened. */
export class StageError extends Error {
  readonly stage: string;

  constructor(stage: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.stage = stage;
  }
}

/** Runs one stage of the program; what it throws by mistake is reported under its name. */
export async function stage<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CliError || error instanceof StageError ? error : new StageError(name, error);
  }
}
