import manifest from '../../oclif.manifest.json' with { type: 'json' };
import type { FlagShape } from './argv.ts';

/** The parts of a flag in oclif.manifest.json that this program reads itself. */
export interface ManifestFlag {
  readonly name: string;
  readonly type: string;
  readonly char?: string;
  readonly description?: string;
  readonly helpGroup?: string;
  readonly options?: readonly string[];
  readonly multiple?: boolean;
  readonly allowNo?: boolean;
}

/** One command of oclif.manifest.json. */
export interface ManifestCommand {
  readonly id: string;
  readonly summary?: string;
  readonly args: Readonly<Record<string, { readonly name: string; readonly description?: string }>>;
  readonly flags: Readonly<Record<string, ManifestFlag>>;
}

/** Every command, by its id: generated from the command classes (`npm run manifest`). */
export const commands = manifest.commands as unknown as Readonly<Record<string, ManifestCommand>>;

const shape = (flag: ManifestFlag): FlagShape => ({
  name: flag.name,
  char: flag.char,
  takesValue: flag.type === 'option',
  repeatable: flag.multiple === true,
  onByDefault: flag.allowNo === true,
});

/** The flags of one command; of all commands for null or an unknown one, without those that differ between commands. */
export function shapesOf(command: string | null): readonly FlagShape[] {
  const own = command !== null && Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (own) return Object.values(own.flags).map(shape);
  const all = new Map<string, FlagShape>();
  for (const { flags } of Object.values(commands)) {
    for (const flag of Object.values(flags)) all.set(flag.name, shape(flag));
  }
  return [...all.values()];
}
