import { afterAll, describe, expect, it } from 'vitest';
import { growingTooFast, startCounting } from './operations.ts';
import { shapes } from './shapes.ts';

const counting = startCounting();
const { everything } = await import('./everything.ts');

afterAll(() => counting.stop());

/** Counted, not timed: the same on every machine. */
describe('no function does more than n log n operations for n objects', () => {
  const [few, many] = [60, 240];

  it.each(Object.entries(shapes))('%s', (_name, make) => {
    everything(make(3));
    const measure = (n: number) => {
      const text = make(n);
      return { n, operations: counting.count(() => everything(text)) };
    };
    expect(growingTooFast(measure(few), measure(many))).toEqual([]);
  });

  it('notices a comparison of each with each', () => {
    const measure = (n: number) => ({ n, operations: new Map([['x', n * n]]) });
    expect(growingTooFast(measure(few), measure(many))).toEqual(['x: 3600 -> 57600']);
  });
});
