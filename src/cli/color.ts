/** chalk's levels: none, 16 colours, 256 colours, true colour. */
export type ColorLevel = 0 | 1 | 2 | 3;

export type ColorChoice = 'auto' | 'always' | 'never';

type Environment = Readonly<Record<string, string | undefined>>;

function terminalLevel(env: Environment): ColorLevel {
  if (env.TERM === 'dumb') return 0;
  // The logs of CI systems show 16 colours everywhere and more only here and there.
  if (env.CI) return 1;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return 3;
  return env.TERM?.includes('256') ? 2 : 1;
}

function forced(value: string): ColorLevel {
  if (value === '0' || value === 'false') return 0;
  return value === '2' ? 2 : value === '3' ? 3 : 1;
}

/**
 * Decides how much colour a stream gets: the flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.
 * chalk is told the result, because it ignores NO_COLOR.
 */
export function colorLevel(choice: ColorChoice, env: Environment, isTerminal: boolean): ColorLevel {
  if (choice === 'never') return 0;
  if (choice === 'always') return Math.max(1, terminalLevel(env)) as ColorLevel;
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return forced(env.FORCE_COLOR);
  return isTerminal ? terminalLevel(env) : 0;
}
