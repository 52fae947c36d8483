import { Command } from '@oclif/core/command';
import { type ColorChoice, type ColorLevel, colorLevel } from './color.ts';
import { help } from './flags.ts';
import { type Output, processOutput, terminal } from './output.ts';
import { passBy } from './trail.ts';

/** The terminal, or what stands in its place. */
export interface Surroundings {
  readonly output: Output;
  /** How much colour stdout gets. */
  readonly color: ColorLevel;
  /** Columns of the terminal; null for files and pipes, which have no width. */
  readonly width: number | null;
  readonly cwd: string;
  /** The folder of this package. */
  readonly root: string;
}

/**
 * The base of all commands. Errors are left to main(), which knows their exit codes; a command says how a run ended by
 * `finish()`, never by exiting: that would cut what is still on its way into a pipe.
 */
export abstract class TlsgwCommand extends Command {
  static override baseFlags = { help };

  /** Reads where output goes and how it may look. */
  protected surroundings(flags: { readonly color?: ColorChoice; readonly quiet?: boolean }): Surroundings {
    const screen = terminal(1);
    const color = colorLevel(flags.color ?? 'auto', process.env, screen !== null);
    if (color > 0) passBy('color');
    return {
      output: processOutput(flags.quiet ?? false),
      color,
      width: screen?.columns ?? null,
      cwd: process.cwd(),
      root: this.config.root,
    };
  }

  /** Sets the exit code; a worse one that is already set stays. */
  protected finish(code: number): void {
    process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
  }
}
