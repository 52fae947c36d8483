import type { Command } from '@oclif/core/command';
import type { PJSON, Plugin } from '@oclif/core/interfaces';
import pkg from '../../package.json' with { type: 'json' };
import type { TlsgwCommand } from './command.ts';
import { commands } from './manifest.ts';
import { passBy } from './trail.ts';

type Config = Command['config'];
type Loader = () => Promise<{ readonly default: new (argv: string[], config: Config) => TlsgwCommand }>;

/** The commands by id; each file is read when its command runs. */
const loaders: Readonly<Record<string, Loader>> = {
  all: () => import('../commands/all.ts'),
  certs: () => import('../commands/certs.ts'),
  diff: () => import('../commands/diff.ts'),
  doctor: () => import('../commands/doctor.ts'),
  explain: () => import('../commands/explain.ts'),
  hosts: () => import('../commands/hosts.ts'),
  lint: () => import('../commands/lint.ts'),
  listeners: () => import('../commands/listeners.ts'),
  probe: () => import('../commands/probe.ts'),
  routes: () => import('../commands/routes.ts'),
  rules: () => import('../commands/rules.ts'),
  secrets: () => import('../commands/secrets.ts'),
  snapshot: () => import('../commands/snapshot.ts'),
  trace: () => import('../commands/trace.ts'),
};

/**
 * Runs a command without oclif's Config, which takes 4 ms to make and is for help and for plugins: a command asks it for
 * the folder of the package, and its parser for hooks, of which there are none.
 */
export async function runCommand([id, ...argv]: readonly string[], root: string): Promise<void> {
  const runHook = async () => ({ failures: [], successes: [] });
  const config = { bin: pkg.oclif.bin, root, runHook } as unknown as Config;
  const { default: Class } = await loaders[id!]!();
  await new Class(argv, config).run();
  passBy(id!);
}

/**
 * Makes the plugin object that oclif would otherwise assemble from package.json, the manifest and the folder of
 * commands on every start: that costs as long as everything else together. @oclif/core is pinned for its sake. It has all
 * commands, or just the one that will run.
 */
export function makePlugin(root: string, pjson: PJSON, only: string | null): Plugin {
  const one = only === null ? undefined : commands[only];
  const list = (one ? [one] : Object.values(commands)).map(
    (command) =>
      ({ ...command, load: async () => (await loaders[command.id]!()).default }) as unknown as Command.Loadable,
  );
  return {
    _base: '',
    alias: pjson.name,
    commandIDs: list.map((command) => command.id),
    commands: list,
    commandsDir: undefined,
    // oclif finds commands in `commands`; this is for plugins that call plugins.
    findCommand: () => undefined as never,
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'commonjs',
    name: pjson.name,
    options: { root },
    pjson,
    root,
    topics: [],
    type: 'core',
    valid: true,
    version: pjson.version,
  };
}
