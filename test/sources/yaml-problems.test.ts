import { describe, expect, it } from 'vitest';
import type { InputProblem } from '../../src/model/document.ts';
import { parseText } from '../../src/sources/yaml.ts';

const gateway = (name: string, more = ''): string =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}}\n${more}`;

/** A problem as a user sees it. */
const shown = ({ file, line, column, message, hint, excerpt }: InputProblem): string =>
  [`${file}:${line}:${column}: ${message}`, excerpt, hint].filter((part) => part).join('\n');

describe('problems', () => {
  const problem = (text: string): string => parseText(text, 'a.yaml').problems.map(shown).join('\n');
  it.each([
    [
      'spec:\n\tservers: 1\n',
      'a.yaml:2:1: a tab is used for indentation; YAML allows only spaces there\n\tservers: 1\nreplace the tab by spaces',
    ],
    [
      'hosts:\n- *.example.com\n',
      'a.yaml:2:3: a value that begins with `*` must be in quotes\n- *.example.com\nwrite "*.example.com"',
    ],
    ['hosts: [*]\n', 'a.yaml:1:9: a value that begins with `*` must be in quotes\nhosts: [*]\nwrite "*"'],
    [
      'tls: *common\n',
      'a.yaml:1:6: the alias `*common` refers to an anchor that is not defined above it\ntls: *common\nwrite "*common"',
    ],
    ['a: 1\nport:443\n', 'a.yaml:2:6: expected a space after the colon\nport:443\nwrite `port: ...`'],
    ['a: b: c\n', 'a.yaml:1:5: a second `: ` in one line\na: b: c\nput the value in quotes'],
    ['a: @x\n', 'a.yaml:1:4: a value must not begin with "@"\na: @x\nput the value in quotes'],
    [
      'a:\n   b: 1\n  c: 2\n',
      'a.yaml:3:3: this line is not indented as the block it belongs to\n  c: 2\nindent all lines of one block by the same number of spaces',
    ],
    ['a: "x\nb: 1\n', 'a.yaml:1:4: this text in quotes is never closed\na: "x\nadd the closing quote'],
    ['a: {b: [1, 2]\nc: 1\n', 'a.yaml:1:4: this `{` is never closed\na: {b: [1, 2]\nadd the closing `}`'],
    [
      'a: "\\d"\n',
      'a.yaml:1:6: unknown escape after `\\` in a text in double quotes\na: "\\d"\nwrite `\\\\` for a backslash, or use single quotes',
    ],
    [
      'a:\n  b: 1\n  c:\u00a01\n',
      'a.yaml:3:5: a special blank (U+00A0) stands here where YAML expects a space\n  c:\u00a01\nreplace it by an ordinary space',
    ],
    ['😀: "😀" "x"\n', 'a.yaml:1:8: expected the end of the line behind this text in quotes'],
  ])('%j', (text, expected) => expect(problem(text)).toContain(expected));
  it('counts lines and columns alike with Windows line ends and a byte order mark', () => {
    expect(problem('\uFEFFa: b: c\r\n')).toBe(
      'a.yaml:1:5: a second `: ` in one line\na: b: c\nput the value in quotes',
    );
  });
  it('refuses NUL characters', () => {
    expect(parseText('a\0p\0', 'a b.yaml').problems).toEqual([
      {
        file: 'a b.yaml',
        line: null,
        column: null,
        message: 'this is no UTF-8 text: it contains NUL characters (a binary file, or UTF-16?)',
        hint: 'iconv -f UTF-16 -t UTF-8',
        excerpt: null,
      },
    ]);
  });
  it.each([
    ['a value', gateway('{{ .Release.Name }}'), 3, 18],
    ['a line', '{{- if .Values.x }}\nkind: A\n{{- end }}\n', 1, 1],
    ['a list item', 'hosts:\n- {{ .Values.host }}\n', 2, 3],
    ['an inserted block', 'spec:\n{{ toYaml .Values.spec | indent 2 }}\n', 2, 1],
    ['in quotes, as a name', gateway('"{{ .Release.Name }}"'), 3, 19],
  ])('recognises a Helm template: %s', (_name, text, line, column) => {
    const { problems } = parseText(text, 'templates/gw.yaml');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, column, hint: 'helm template <chart> | kubectl tlsgw lint -' });
    expect(problems[0]?.message).toBe('this is a template that has not been rendered: `{{ }}` is not YAML');
  });
  it('recognises other templates', () => {
    const { problems } = parseText('{% if x %}\nkind: A\n{% endif %}\n', 'a.yaml');
    expect(problems[0]?.message).toBe('this is a template that has not been rendered: `{% %}` is not YAML');
    expect(problems[0]?.hint).toContain('| kubectl tlsgw lint -');
  });
  it('reports a template once per file, and reads what is no template', () => {
    const { documents, problems } = parseText(`a: {{ x }}\n---\n${gateway('b')}---\nc: {{ y }}\n`, 'a.yaml');
    expect([documents.length, problems.length]).toEqual([1, 1]);
  });
  it('blames no template for an error where braces are only text', () => {
    expect(problem('note: "{{ $labels.host }}"\na: b: c\n')).toContain('a.yaml:2:5: a second `: ` in one line');
  });
  it('reads braces in quotes as text', () => {
    expect(parseText(gateway('a', 'note: "{{ $labels.host }}"\n'), 'a.yaml').problems).toEqual([]);
  });
});
