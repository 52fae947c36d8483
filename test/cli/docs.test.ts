import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { brokenLinks } from '../../tools/links.ts';
import { commandsIn, pagesWithOutput, printed, withOutput } from '../../tools/readme.ts';
import { referencePages } from '../../tools/reference.ts';
import { emptyFolder, folder, root } from './run.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The pages of this repository. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => existsSync(join(root, path)));

describe('the pages', () => {
  it('have no link that leads nowhere', () => {
    expect(pages).toContain('docs/getting-started.md');
    expect(pages.flatMap((page) => brokenLinks(root, page))).toEqual([]);
  });

  it('show what the program prints (npm run readme)', () => {
    const docs = pagesWithOutput(root).filter((page) => page !== 'README.md');
    expect(docs).toContain('docs/getting-started.md');
    const known = new Map<string, string>();
    for (const page of docs) {
      const run = (command: string) => {
        const text = known.get(command) ?? printed(root, command);
        known.set(command, text);
        return text;
      };
      expect(commandsIn(read(page)).length).toBeGreaterThan(0);
      expect(withOutput(read(page), run)).toBe(read(page));
    }
  });

  it('about commands are generated (npm run docs)', () => {
    const written = Object.fromEntries(
      readdirSync(join(root, 'docs/reference')).map((name) => [name, read(`docs/reference/${name}`)]),
    );
    expect(written).toEqual(referencePages(root));
  });

  it('about commands name every flag', () => {
    const { commands } = JSON.parse(read('oclif.manifest.json')) as { commands: Record<string, { flags: object }> };
    for (const [id, { flags }] of Object.entries(commands)) {
      const page = read(`docs/reference/${id}.md`);
      for (const flag of Object.keys(flags))
        expect({ id, flag, is: page.includes(`--${flag}`) }).toEqual({ id, flag, is: true });
    }
  });
});

describe('the link checker', () => {
  const check = (page: string) => {
    const here = folder({ 'a.md': page, 'b.md': '# One two\n\n## `code`, (and) more\n\n# One two\n' });
    mkdirSync(join(here, 'c'));
    return brokenLinks(here, 'a.md');
  };

  it('finds files and headings that do not exist', () => {
    expect(check('[x](b.md) [y](c) [z](https://example.com/no) [w](b.md#one-two-1) [v](b.md#code-and-more)')).toEqual(
      [],
    );
    expect(check('[x](no.md) and [y](b.md#three), [z](#here), [o](../outside.md)')).toEqual([
      'a.md: no.md',
      'a.md: b.md#three',
      'a.md: #here',
      'a.md: ../outside.md',
    ]);
  });

  it('leaves code alone', () => {
    expect(check('`[x](no.md)` and\n```yaml\n[y](no.md)\n```\n')).toEqual([]);
  });
});

describe('the configuration page', () => {
  const blocks = [...read('docs/configuration.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);

  it('has a file that is accepted', () => {
    const here = emptyFolder();
    writeFileSync(join(here, '.tlsgw.yaml'), blocks.find((block) => block.includes('failOn:'))!);
    writeFileSync(join(here, 'a.yaml'), read('examples/tls-gateway/70-remark-gateway.yaml'));
    const run = (...more: string[]) =>
      execFileSync(
        process.execPath,
        [join(root, 'bin/run.js'), 'lint', 'a.yaml', '-o', 'json', '--fail-on', 'never', ...more],
        {
          cwd: here,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    expect(run()).toContain('"istioVersion": "1.30"');
    expect(run()).toContain('credential-cross-namespace');
    // And the comment of the next block silences it where it stands.
    const silenced = read('examples/tls-gateway/70-remark-gateway.yaml').replace(
      /^( *)(credentialName: .*)$/m,
      (_, indent: string, rest: string) => `${indent}${blocks.join('\n').match(/# tlsgw: .*/)?.[0]}\n${indent}${rest}`,
    );
    writeFileSync(join(here, 'a.yaml'), silenced);
    const { findings, ignored } = JSON.parse(run()) as Record<'findings' | 'ignored', { rule: string }[]>;
    expect(findings.map(({ rule }) => rule)).not.toContain('credential-cross-namespace');
    expect(ignored.map(({ rule }) => rule)).toContain('credential-cross-namespace');
  });
});
