import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptLines } from '../../src/render/excerpt.ts';
import { renderText } from '../../src/render/text.ts';
import { wrap } from '../../src/render/wording.ts';
import { CONTEXT, DUPLICATE, HOSTILE, IGNORED, INFO, LIVE, PROBLEM, reportOf } from './report-values.ts';

const excerpt = (): string => '    - httpbin.example.com';

test('a whole report', () => {
  const report = reportOf([DUPLICATE, LIVE, INFO], { ignored: [IGNORED] });
  expect(`\n${renderText(report, { ...CONTEXT, excerpt, problems: [PROBLEM] })}`).toBe(`
unreadable: a mapping value is not allowed here
 --> gateways/broken.yaml:3:4
  |
3 | a: b: c
  |    ^
  help: indent the line by two more blanks

error[server-dropped-duplicate-host]: istiod drops the server of Gateway test/sni-gateway: Gateway test/manual-gateway has httpbin.example.com
 --> gateways/sni.yaml:12:7  Gateway test/sni-gateway spec.servers[0].hosts[0]
   |
12 |     - httpbin.example.com
   |       ^
  see: gateways/manual.yaml:9:5  Gateway test/manual-gateway spec.servers[0].hosts: this server wins
  workload: istio-system/istio-ingressgateway
  symptom: clients of httpbin.example.com get the certificate of manual-gateway
  fix:
    kubectl patch gateway sni-gateway -n test --type json -p \\
      '[{"op": "remove", "path": "/spec/servers/0"}]'

warning[cert-expiring-soon]: the certificate of Secret istio-system/shop-tls expires in 9 days
 --> Secret istio-system/shop-tls data["tls.crt"]

undecided: Does Secret istio-system/shop-tls exist?
  because: the input holds no Secret of namespace istio-system
  decided by: kubectl get secret shop-tls -n istio-system -o yaml

1 error, 1 warning, 1 info (--show-info lists infos); read 5 objects in 2 files, 1 gateway workload, for Istio 1.30.3; 1 question undecided; 1 finding ignored; 1 input unreadable.
`);
});

test('no finding: one line that says what was checked', () => {
  expect(renderText(reportOf([], { undecided: [] }), CONTEXT)).toBe(
    'No problem found; read 5 objects in 2 files, 1 gateway workload, for Istio 1.30.3.\n',
  );
  const cluster = reportOf([], { undecided: [], inputs: ['cluster prod'] });
  const summary = { ...cluster.summary, files: 0, workloads: 2 };
  expect(renderText({ ...cluster, summary }, CONTEXT)).toBe(
    'No problem found; read 5 objects of cluster prod, 2 gateway workloads, for Istio 1.30.3.\n',
  );
});

test('infos only with showInfo; quiet leaves out the closing line alone', () => {
  const report = reportOf([INFO], { undecided: [] });
  expect(renderText(report, CONTEXT)).not.toContain('an info');
  expect(renderText(report, { ...CONTEXT, showInfo: true })).toContain('info[sni-required]: an info\n');
  expect(renderText(report, { ...CONTEXT, quiet: true })).toBe('');
  expect(renderText(reportOf([]), { ...CONTEXT, quiet: true })).toMatch(
    /^undecided: [^\n]*\n {2}because: .*\n {2}decided by: .*\n$/,
  );
  expect(renderText(reportOf([LIVE], { undecided: [] }), { ...CONTEXT, quiet: true })).toBe(
    'warning[cert-expiring-soon]: the certificate of Secret istio-system/shop-tls expires in 9 days\n' +
      ' --> Secret istio-system/shop-tls data["tls.crt"]\n',
  );
});

test('no line of a Secret is shown', () => {
  const location = { file: 'secret.yaml', line: 4, column: 3 };
  const text = renderText(reportOf([{ ...LIVE, location }]), { ...CONTEXT, excerpt: () => 'tls.key: LS0tLS1CRUdJ' });
  expect(text).toContain('secret.yaml:4:3');
  expect(text).not.toContain('LS0t');
});

test('questions with one answer make one block', () => {
  const [question] = reportOf([]).undecided;
  if (question === undefined) throw new Error('no question');
  const text = renderText(reportOf([], { undecided: [question, { ...question, question: 'And b?' }] }), CONTEXT);
  expect(text.match(/because:/g)).toHaveLength(1);
  expect(text).toContain('undecided: And b?\n  because:');
});

test('colour changes nothing but the colour', () => {
  const report = reportOf([DUPLICATE, LIVE]);
  const colored = renderText(report, { ...CONTEXT, excerpt, color: 3 });
  expect(colored).toContain('\u001b[');
  expect(stripVTControlCharacters(colored)).toBe(renderText(report, { ...CONTEXT, excerpt }));
});

test('a hostile name changes neither the terminal nor the structure', () => {
  const text = renderText(reportOf([HOSTILE]), {
    ...CONTEXT,
    excerpt: () => HOSTILE.message,
    problems: [{ ...PROBLEM, message: HOSTILE.message, hint: HOSTILE.message }],
  });
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text.match(/^error\[/gm)).toHaveLength(1);
});

test('prose is wrapped at the width, what is pasted is not', () => {
  const text = renderText(reportOf([DUPLICATE]), { ...CONTEXT, width: 60 });
  expect(text).toContain('  symptom: clients of httpbin.example.com get the\n    certificate of manual-gateway\n');
  expect(text).toContain('    kubectl patch gateway sni-gateway -n test --type json -p \\\n');
});

test('wrapping loses no word and breaks only at blanks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
      },
    ),
  );
});

test('the caret stands under its character, whatever was cut or escaped', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', 'é', '💥', '\u001b'), maxLength: 60 }),
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 0, max: 60 }),
      (before, extra, room) => {
        const line = `${before}X${'y'.repeat(extra)}`;
        const [shown, caret] = excerptLines(line, [...before].length + 1, room);
        expect([...shown][caret.length - 1]).toBe('X');
      },
    ),
  );
  expect(excerptLines('\ta: b\r\n', 2, 0)).toEqual([' a: b', ' ^']);
  expect(excerptLines('abc', 99, 0)).toEqual(['abc', '   ^']);
});
