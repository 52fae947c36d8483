/** One page per command, from oclif.manifest.json, which `--help` prints too: `npm run docs`. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Flag {
  readonly name: string;
  readonly type: string;
  readonly char?: string;
  readonly description?: string;
  readonly helpValue?: string;
  readonly helpGroup?: string;
  readonly multiple?: boolean;
  readonly hidden?: boolean;
  readonly default?: unknown;
}

interface Command {
  readonly id: string;
  readonly summary?: string;
  readonly description?: string;
  readonly usage?: string;
  readonly examples?: readonly string[];
  readonly hidden?: boolean;
  readonly args: Readonly<Record<string, { readonly name: string; readonly description?: string }>>;
  readonly flags: Readonly<Record<string, Flag>>;
}

const folder = 'docs/reference';

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** A cell of a table: one line, no bar that ends it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');

function flagRow({ name, type, char, description = '', helpValue, multiple, default: value }: Flag): string {
  const takes = type === 'option' ? ` ${helpValue ?? 'VALUE'}` : '';
  const written = `${char === undefined ? '' : `-${char}, `}--${name}${takes}`;
  const more = [
    description.replace(/; repeatable$/, ''),
    multiple === true ? 'may be repeated' : '',
    type === 'option' && value !== undefined && value !== '' && !description.includes('default')
      ? `default: ${value}`
      : '',
  ].filter((part) => part !== '');
  return `| \`${written.replaceAll('|', '\\|')}\` | ${cell(more.join('; '))} |`;
}

const byName = (a: Flag, b: Flag): number => (a.name < b.name ? -1 : 1);

function flagTable(title: string, flags: readonly Flag[]): string {
  if (flags.length === 0) return '';
  return `## ${title}\n\n| flag | meaning |\n|---|---|\n${[...flags].sort(byName).map(flagRow).join('\n')}\n`;
}

/** The page of a command. */
function page(command: Command, bin: string): string {
  const { id, summary = '', description, usage = `${id} [flags]`, examples = [] } = command;
  const flags = Object.values(command.flags).filter((flag) => flag.hidden !== true);
  const args = Object.values(command.args).map(
    ({ name, description: text = '' }) => `| \`${name.toUpperCase()}\` | ${cell(text)} |`,
  );
  const shown = examples.map((example) => example.replace(/<%= config\.bin %>/g, bin).replace(/^\$ /, ''));
  const parts = [
    `# ${bin} ${id}`,
    `<!-- Generated from oclif.manifest.json (npm run docs). Do not edit. -->`,
    `${summary.replace(/([^.?!])$/, '$1.')}`,
    description === undefined || description === summary ? '' : description,
    `\`\`\`text\n${bin} ${usage}\n\`\`\``,
    args.length > 0 ? `| argument | meaning |\n|---|---|\n${args.join('\n')}` : '',
    shown.length > 0 ? `## Examples\n\n\`\`\`sh\n${shown.join('\n')}\n\`\`\`` : '',
    flagTable(
      'Flags',
      flags.filter((flag) => flag.helpGroup === undefined),
    ).trimEnd(),
    flagTable(
      'Cluster',
      flags.filter((flag) => flag.helpGroup === 'cluster'),
    ).trimEnd(),
    `[All commands](README.md) · [exit codes](../exit-codes.md) · [formats](../formats.md) · [configuration](../configuration.md)`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function index(commands: readonly Command[], bin: string): string {
  const rows = commands.map(({ id, summary = '' }) => `| [${id}](${id}.md) | ${cell(summary)} |`);
  return `# Commands

<!-- Generated from oclif.manifest.json (npm run docs). Do not edit. -->

| ${bin} ... | what it does |
|---|---|
${rows.join('\n')}

Every command has \`--help\`, with the text of its page here.
`;
}

/** The pages of docs/reference by name, as they must be. */
export function referencePages(root: string): Record<string, string> {
  const { commands } = readJson(join(root, 'oclif.manifest.json')) as { commands: Record<string, Command> };
  const { oclif } = readJson(join(root, 'package.json')) as { oclif: { bin: string } };
  const shown = Object.values(commands)
    .filter((command) => command.hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const pages = Object.fromEntries(shown.map((command) => [`${command.id}.md`, page(command, oclif.bin)]));
  return { 'README.md': index(shown, oclif.bin), ...pages };
}

/** Writes them, and removes those of commands that are gone. */
export function writeReference(root: string): void {
  const pages = referencePages(root);
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(join(root, folder))) if (!(name in pages)) rmSync(join(root, folder, name));
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(root, folder, name), text);
}
