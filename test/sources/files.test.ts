import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonOf } from '../../src/sources/file-paths.ts';
import { type FileDocuments, type FileOptions, readFiles } from '../../src/sources/files.ts';
import { readTextFile } from '../../src/sources/text-file.ts';

const gateway = (name: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: ${name}}\n`;

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tlsgw-files-'));
  const files: Readonly<Record<string, string>> = {
    'gateway.yaml': gateway('top'),
    'notes.txt': 'no: [input',
    'deploy/b.yml': `${gateway('b1')}---\n${gateway('b2')}`,
    'deploy/a.yaml': gateway('a'),
    'deploy/c.json': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'c' } }),
    'deploy/readme.md': '{{ not input }}',
    'deploy/.hidden.yaml': 'no: [input',
    'deploy/.git/x.yaml': 'no: [input',
    'deploy/node_modules/x.yaml': 'no: [input',
    'deploy/sub/d.yaml': gateway('d'),
    'deploy/sub/[1].yaml': gateway('one'),
    'bad/broken.yaml': 'a: b: c\n',
    'bad/good.yaml': gateway('good'),
    'empty/none.txt': '',
    'deep/only/here/x.yaml': gateway('x'),
    'comments/a.yaml': '# nothing\n---\n',
    'values/values.yaml': 'image: x\n',
    'kustomize/base/kustomization.yaml': 'resources: [gw.yaml]\n',
    'kustomize/base/gw.yaml': gateway('base'),
    'kustomize/prod/kustomization.yml': 'resources: [../base]\n',
    'chart/Chart.yaml': 'apiVersion: v2\nname: chart\n',
    'chart/values.yaml': 'x: 1\n',
    'chart/templates/gw.yaml': 'a: {{ .Values.x }}\n',
    'chart/crds/crd.yaml': gateway('crd'),
    'foreign/a.yaml': Array.from({ length: 10 }, () => 'image: x\n').join('---\n'),
    'foreign/b.yaml': gateway('b'),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  writeFileSync(join(cwd, 'utf16.yaml'), Buffer.from(`\uFEFF${gateway('u')}`, 'utf16le'));
  writeFileSync(join(cwd, 'utf16-plain.yaml'), Buffer.from(gateway('u'), 'utf16le'));
  writeFileSync(join(cwd, 'latin1.yaml'), Buffer.from('# caf\xe9\na: 1\n', 'latin1'));
  symlinkSync('gateway.yaml', join(cwd, 'link.yaml'));
  mkdirSync(join(cwd, 'links'));
  symlinkSync('../gateway.yaml', join(cwd, 'links/file.yaml'));
  symlinkSync('..', join(cwd, 'links/loop'));
  symlinkSync('nowhere', join(cwd, 'links/broken.yaml'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const read = (paths: readonly string[], options: Partial<FileOptions> = {}): Promise<FileDocuments> =>
  readFiles(paths, { cwd, ...options });

/** `file name` of every object, in order. */
const objects = ({ documents }: FileDocuments): string[] =>
  documents.map(({ body, origin }) => `${origin.file} ${(body.metadata as { name: string }).name}`);
const problems = (result: FileDocuments): string[] =>
  result.problems.map(
    ({ file, line, message, hint }) =>
      `${file}${line === null ? '' : `:${line}`}: ${message}${hint === '' ? '' : ` [${hint}]`}`,
  );

describe('paths', () => {
  it('reads files in the order they are named, under the names they are given', async () => {
    const result = await read(['deploy/b.yml', './gateway.yaml', join(cwd, 'deploy/a.yaml')]);
    expect(objects(result)).toEqual([
      'deploy/b.yml b1',
      'deploy/b.yml b2',
      './gateway.yaml top',
      `${cwd}/deploy/a.yaml a`,
    ]);
    expect(result.files).toEqual(['deploy/b.yml', './gateway.yaml', `${cwd}/deploy/a.yaml`]);
    expect([result.problems, result.notes, result.skipped]).toEqual([[], [], 0]);
  });
  it('reads a file once, whatever leads to it', async () => {
    const result = await read(['gateway.yaml', './gateway.yaml', 'link.yaml', 'deploy/../gateway.yaml', '*.yaml']);
    expect(objects(result)).toEqual(['gateway.yaml top']);
  });
  it('reads a file named by its full name whatever its ending, also one that looks like a pattern', async () => {
    expect(objects(await read(['deploy/sub/[1].yaml']))).toEqual(['deploy/sub/[1].yaml one']);
    expect(problems(await read(['notes.txt']))).toEqual([
      'notes.txt:1: this `[` is never closed [add the closing `]`]',
    ]);
  });
  it('reads pipes, as <(command) makes them', async () => {
    const fifo = join(cwd, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = execFileSync.bind(null, 'sh', [
      '-c',
      `(cat '${join(cwd, 'gateway.yaml')}' > '${fifo}') >/dev/null 2>&1 &`,
    ]);
    writer();
    expect(objects(await read(['fifo']))).toEqual(['fifo top']);
    rmSync(fifo);
  });
  it('refuses what has no end, also through a link, and reads what is only empty', async () => {
    symlinkSync('/dev/zero', join(cwd, 'endless.yaml'));
    expect(problems(await read(['/dev/zero', 'endless.yaml', 'gateway.yaml']))).toEqual([
      '/dev/zero: a device, which has no end; expected a file, a directory or a pipe',
    ]);
    expect(problems(await read(['endless.yaml']))).toEqual([
      'endless.yaml: a device, which has no end; expected a file, a directory or a pipe',
    ]);
    rmSync(join(cwd, 'endless.yaml'));
    expect(problems(await read(['/dev/null']))).toEqual(['/dev/null: no Kubernetes object in this file']);
    expect(readTextFile('/dev/zero')).toEqual({
      problem: 'a device, which has no end; expected a file, a directory or a pipe',
    });
  });
  it('says once why a file holds nothing', async () => {
    const { problems: found, notes } = await read(['values/values.yaml']);
    expect([...notes, ...found.map((p) => p.hint)].filter((text) => text !== '')).toHaveLength(1);
  });
  it('refuses URLs with a way out', async () => {
    expect(problems(await read(['https://example.com/a.yaml?x=1&y=2', 'gateway.yaml']))).toEqual([
      "https://example.com/a.yaml?x=1&y=2: URLs are not read [curl -fsSL 'https://example.com/a.yaml?x=1&y=2' | kubectl tlsgw lint -]",
    ]);
  });
  it.each([
    ['gatway.yaml', 'gatway.yaml: no such file or directory [did you mean gateway.yaml?]'],
    ['gateway.yml', 'gateway.yml: no such file or directory [did you mean gateway.yaml?]'],
    ['deplyo/a.yaml', 'deplyo/a.yaml: no such file or directory [did you mean deploy/a.yaml?]'],
    ['./deploy/sbu', './deploy/sbu: no such file or directory [did you mean ./deploy/sub?]'],
    ['quite-something-else', 'quite-something-else: no such file or directory'],
    ['gateway.yaml/x', 'gateway.yaml/x: no such file or directory'],
    ['empty', 'empty: this directory holds no .yaml, .yml or .json file'],
    ['*.nothing', '*.nothing: this pattern matches no file'],
    ['deplyo/*.yaml', 'deplyo/*.yaml: this pattern matches no file [did you mean deploy?]'],
    ['empty/*', 'empty/*: this pattern matches no file'],
  ])('%s is a problem, and the rest is read', async (path, message) => {
    const result = await read([path, 'gateway.yaml']);
    expect(problems(result)).toEqual([message]);
    expect(objects(result)).toEqual(['gateway.yaml top']);
  });
  it('says when only --recursive=false leaves a directory without input', async () => {
    expect(problems(await read(['deep'], { recursive: false }))).toEqual([
      'deep: this directory holds no .yaml, .yml or .json file [its directories are left out by --recursive=false]',
    ]);
  });
  it.skipIf(process.getuid?.() === 0)('says when permission is missing', async () => {
    writeFileSync(join(cwd, 'locked.yaml'), 'a: 1\n');
    chmodSync(join(cwd, 'locked.yaml'), 0);
    expect(problems(await read(['locked.yaml', 'gateway.yaml']))).toEqual(['locked.yaml: permission denied']);
  });
});

describe('reasons', () => {
  it.each([
    ['EACCES', 'permission denied'],
    ['ELOOP', 'a symbolic link that leads to itself'],
    ['EIO', 'cannot be read (EIO)'],
  ])('%s', (code, reason) => expect(reasonOf(Object.assign(new Error('x'), { code }))).toBe(reason));
});

describe('directories', () => {
  it('are read with all below them, in order of names; only YAML and JSON, nothing hidden, no packages', async () => {
    const below = [
      'deploy/a.yaml a',
      'deploy/b.yml b1',
      'deploy/b.yml b2',
      'deploy/c.json c',
      'deploy/sub/[1].yaml one',
      'deploy/sub/d.yaml d',
    ];
    expect(objects(await read(['deploy']))).toEqual(below);
    expect(objects(await read(['./deploy/']))).toEqual(below.map((name) => `./${name}`));
    expect(problems(await read(['deploy']))).toEqual([]);
  });
  it('are read alone with recursive: false', async () => {
    expect((await read(['deploy'], { recursive: false })).files).toEqual([
      'deploy/a.yaml',
      'deploy/b.yml',
      'deploy/c.json',
    ]);
  });
  it('named . give names without ./', async () => {
    expect((await readFiles(['.'], { cwd: join(cwd, 'deploy') })).files).toEqual([
      'a.yaml',
      'b.yml',
      'c.json',
      'sub/[1].yaml',
      'sub/d.yaml',
    ]);
  });
  it('lead over links to files, not to directories', async () => {
    const result = await read(['links']);
    expect(result.files).toEqual(['links/file.yaml']);
    expect(problems(result)).toEqual(['links/broken.yaml: a symbolic link that leads nowhere']);
  });
  it('keep what can be read when a file is broken', async () => {
    const result = await read(['bad']);
    expect(objects(result)).toEqual(['bad/good.yaml good']);
    expect(problems(result)).toEqual(['bad/broken.yaml:1: a second `: ` in one line [put the value in quotes]']);
    expect(result.files).toEqual(['bad/broken.yaml', 'bad/good.yaml']);
  });
  it('with a kustomization get a note, and its file is no input', async () => {
    const result = await read(['kustomize/base']);
    expect([objects(result), problems(result)]).toEqual([['kustomize/base/gw.yaml base'], []]);
    expect(result.notes).toEqual([
      'kustomize/base holds a kustomization: read here as plain files; `-k kustomize/base` renders it',
    ]);
    expect((await read(['kustomize'])).notes).toEqual([
      'kustomize/base, kustomize/prod hold a kustomization: read here as plain files; `-k DIR` renders one',
    ]);
  });
  it('that are Helm charts get a note; their templates are problems, their values no input', async () => {
    const result = await read(['chart']);
    expect(result.notes).toEqual([
      'chart is a Helm chart: read here as plain files; helm template chart | kubectl tlsgw lint -',
    ]);
    expect(objects(result)).toEqual(['chart/crds/crd.yaml crd']);
    expect(problems(result)).toEqual([
      'chart/templates/gw.yaml:1: this is a template that has not been rendered: `{{ }}` is not YAML [helm template <chart> | kubectl tlsgw lint -]',
    ]);
  });
  it('full of other YAML do not drown the user in notes', async () => {
    const { notes } = await read(['foreign']);
    expect(notes).toHaveLength(6);
    expect(notes[0]).toBe('foreign/a.yaml:1: no Kubernetes object (it has no kind and no apiVersion), left out');
    expect(notes[5]).toBe('5 more documents are no Kubernetes objects, left out');
  });
});

describe('standard input', () => {
  const stdin = async () => gateway('piped');
  it('is read for -, once, and named <stdin>, in its place among the files', async () => {
    const result = await read(['-', 'gateway.yaml', '-'], { stdin });
    expect(objects(result)).toEqual(['<stdin> piped', 'gateway.yaml top']);
    expect(result.documents[0]?.origin.locate(['kind'])).toEqual({ file: '<stdin>', line: 2, column: 1 });
  });
  it('is not touched otherwise', async () => {
    const touched = async () => Promise.reject(new Error('read'));
    expect(objects(await read(['gateway.yaml'], { stdin: touched }))).toEqual(['gateway.yaml top']);
  });
  it('may be missing or empty', async () => {
    expect(problems(await read(['-']))).toEqual(['<stdin>: there is no standard input to read']);
    expect(problems(await read(['-'], { stdin: async () => '' }))).toEqual([
      '<stdin>: no Kubernetes object in this file [did the command before the pipe print anything?]',
    ]);
  });
});

describe('input without any object', () => {
  it.each([
    [['comments'], 'comments/a.yaml: no Kubernetes object in this file'],
    [
      ['values/values.yaml'],
      'values/values.yaml: no Kubernetes object in this file [values/values.yaml:1: no Kubernetes object (it has no kind and no apiVersion), left out]',
    ],
    [
      ['comments', 'values'],
      'comments/a.yaml, values/values.yaml: no Kubernetes object in these 2 files [values/values.yaml:1: no Kubernetes object (it has no kind and no apiVersion), left out]',
    ],
  ])('%j is a problem', async (paths, message) => expect(problems(await read(paths))).toEqual([message]));
  it('is none when objects of other kinds are there', async () => {
    const result = await read(['gateway.yaml'], { wanted: (kind) => kind === 'Secret' });
    expect([result.documents, result.problems, result.skipped]).toEqual([[], [], 1]);
  });
});

describe('encodings', () => {
  it.each([
    ['utf16.yaml', 'utf16.yaml: this is UTF-16; expected UTF-8 [iconv -f UTF-16 -t UTF-8 utf16.yaml]'],
    [
      'utf16-plain.yaml',
      'utf16-plain.yaml: this is no UTF-8 text: it contains NUL characters (a binary file, or UTF-16?) [iconv -f UTF-16 -t UTF-8 utf16-plain.yaml]',
    ],
    ['latin1.yaml', 'latin1.yaml: this is no UTF-8 text [iconv -f LATIN1 -t UTF-8 latin1.yaml]'],
  ])('%s is refused', async (path, message) => expect(problems(await read([path]))).toEqual([message]));
});

describe('globs', () => {
  it('without an ending mean only YAML and JSON, and the directories they match', async () => {
    expect((await read(['deploy/*'])).files).toEqual([
      'deploy/a.yaml',
      'deploy/b.yml',
      'deploy/c.json',
      'deploy/sub/[1].yaml',
      'deploy/sub/d.yaml',
    ]);
    expect((await read(['deploy/**'])).files).toHaveLength(5);
  });
});
