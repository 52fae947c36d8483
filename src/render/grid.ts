import { tabwriter } from './tabwriter.ts';
import { visible } from './visible.ts';

/** How a cell is meant; on a terminal its colour. */
export type Tone = 'good' | 'bad' | 'warning' | 'open' | 'dim';

/** A cell of a table that is ours alone, not istioctl's. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** Chalk's level; 0 is no colour. */
export type Color = 0 | 1 | 2 | 3;

const PADDING = 2;

// cli-table3 needs quadratic time: 0.5 s for 1,000 rows, 17 s for 10,000 (measured on Node 20).
const COLORED_ROWS = 500;

const NOTHING = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(PADDING),
};

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

async function colored(head: readonly string[], rows: readonly (readonly Cell[])[], level: Color): Promise<string> {
  const [{ default: Table }, { Chalk }] = await Promise.all([import('cli-table3'), import('chalk')]);
  const chalk = new Chalk({ level });
  const paint = { good: chalk.green, bad: chalk.red, warning: chalk.yellow, open: chalk.magenta, dim: chalk.dim };
  // Without these styles cli-table3 colours heads and borders by its own taste, in pipes too.
  const table = new Table({ chars: NOTHING, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  table.push(
    head.map((title) => chalk.bold(title)),
    ...rows.map((row) => row.map((c) => (typeof c === 'string' ? visible(c) : paint[c.tone](visible(c.text))))),
  );
  return `${table.toString()}\n`;
}

/** Head and rows in aligned columns; with colours for a terminal when there are few enough rows to read. */
export const grid = async (
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  color: Color,
): Promise<string> =>
  color === 0 || rows.length > COLORED_ROWS
    ? tabwriter([head, ...rows.map((row) => row.map(textOf))], PADDING)
    : colored(head, rows, color);
