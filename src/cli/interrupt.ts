/**
 * Waits for the outside world in a way that Ctrl-C ends with exit code 130. Nothing has been written by then, so leaving
 * at once cuts no output. Between two waits the default action ends the process, which no busy loop can delay.
 */
export async function interruptible<T>(work: () => Promise<T>): Promise<T> {
  const leave = () => process.exit(130);
  process.once('SIGINT', leave);
  try {
    return await work();
  } finally {
    process.off('SIGINT', leave);
  }
}
