/** A line on the terminal that says what is being waited for. */
export interface Progress {
  show(what: string): void;
  /** Removes the line, so that something else can be written. */
  clear(): void;
  end(): void;
}

/** Runs that are over before nobody could wonder show nothing. */
const PATIENCE = 500;

/** Shows progress on a terminal and after half a second only; nothing in pipes, under --quiet and in CI. */
export function progressOn(quiet: boolean): Progress {
  const { stderr, env } = process;
  if (quiet || stderr.isTTY !== true || env['CI']) return { show: () => {}, clear: () => {}, end: () => {} };
  let current = '';
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[K');
    shown = false;
  };
  const draw = (): void => {
    stderr.write(`\r\x1b[K${current} ...`);
    shown = true;
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    draw();
  }, PATIENCE);
  timer.unref();
  return {
    show: (what) => {
      current = what;
      if (late) draw();
    },
    clear,
    end: () => {
      clearTimeout(timer);
      clear();
    },
  };
}
