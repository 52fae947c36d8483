import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { blocksOfEnvoy } from '../../src/x509/blocks.ts';
import { nextBlockOfEnvoy } from '../../src/x509/pem-envoy.ts';

const block = (body: string, end = 'CERTIFICATE'): Buffer =>
  Buffer.from(`-----BEGIN CERTIFICATE-----\n${body}-----END ${end}-----\n`, 'latin1');
const lines = (der: Uint8Array, width: number): string =>
  `${(
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  ).join('\n')}\n`;

test('a block is read whole, however long its lines are and whatever stands behind them', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.oneof(fc.constant(64), fc.integer({ min: 1, max: 252 })),
      fc.constantFrom('', ' ', '\r', '\t '),
      (der, width, blank) => {
        const pem = block(lines(der, width).replaceAll('\n', `${blank}\n`));
        const step = nextBlockOfEnvoy(pem, 0);
        expect(step).toMatchObject({ kind: 'block', next: pem.length });
        expect(step.kind === 'block' && Buffer.from(step.block.der).equals(der)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

describe('a body that is nearly plain', () => {
  const der = Buffer.alloc(96, 0xfb);
  const body = lines(der, 64);
  // Lines of 253 bytes fill the buffer: their newline is then a blank line.
  const wide = lines(Buffer.alloc(600, 1), 253);
  it.each([
    ['a blank line before END', block(`${body}\n`), 'empty'],
    ['the alphabet of URLs', block(body.replaceAll('+', '-')), 'bad-base64'],
    ['a character too many', block(body.replace('\n', 'A\n')), 'bad-base64'],
    ['padding in the middle', block(body.replace('\n', '=\n')), 'bad-base64'],
    ['another label at its end', block(body, 'PRIVATE KEY'), 'bad-end-line'],
    ['lines of 253 characters', block(wide), 'bad-end-line'],
    ['nothing', block(''), 'empty'],
  ])('%s', (_, pem, because) => {
    expect(nextBlockOfEnvoy(pem, 0)).toMatchObject({ kind: 'broken', because });
  });

  it('has headers before a blank line', () => {
    const [first = ''] = body.split('\n');
    expect(nextBlockOfEnvoy(block(body.replace('\n', '\n\n')), 0)).toMatchObject({ block: { headers: `${first}\n` } });
  });
});

test('no byte of a field is read again for each block, also where an END line follows no line break', () => {
  const body = `${'A'.repeat(252)} `;
  const field = Buffer.from(`-----BEGIN X-----\n${body}-----END X-----\n`.repeat(500));
  const read = vi.spyOn(Buffer.prototype, 'toString');
  const { blocks } = blocksOfEnvoy(field);
  const total = read.mock.calls.reduce((sum, [, start, end]) => sum + Number(end) - Number(start), 0);
  read.mockRestore();
  expect(blocks).toHaveLength(500);
  expect(total).toBeGreaterThan(field.length / 2);
  expect(total).toBeLessThan(2 * field.length);
});
