import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/cli/argv.ts';
import { shapesOf } from '../../src/cli/manifest.ts';

const read = (line: string) => {
  const { command, argv } = readCommandLine(line === '' ? [] : line.split(' '), shapesOf);
  return [command, ...argv].join(' ');
};

/** As typed for kubectl -> as oclif reads it. */
const lines: readonly (readonly [string, string])[] = [
  ['doctor', 'doctor'],
  ['doctor -A', 'doctor --all-namespaces'],
  ['doctor -A=true', 'doctor --all-namespaces'],
  ['doctor -A=false', 'doctor'],
  ['doctor --all-namespaces=false', 'doctor'],
  ['doctor --all-namespaces=T', 'doctor --all-namespaces'],
  ['doctor -A --all-namespaces=false', 'doctor'],
  ['lint -R=false x', 'lint --no-recursive x'],
  ['lint --recursive=false x', 'lint --no-recursive x'],
  ['lint --recursive=false -R x', 'lint --recursive x'],
  ['lint -ojson x', 'lint --output=json x'],
  ['lint -o=json x', 'lint --output=json x'],
  ['lint -o json x', 'lint --output=json x'],
  ['lint -o yaml -o json x', 'lint --output=json x'],
  ['lint -qojson x', 'lint --quiet --output=json x'],
  ['lint --rule a --rule b x', 'lint --rule=a --rule=b x'],
  ['lint -f a -f b', 'lint --filename=a --filename=b'],
  ['lint -f -', 'lint --filename=-'],
  ['lint -', 'lint -'],
  ['-n team doctor -f x', 'doctor --namespace=team --filename=x'],
  ['-f doctor doctor', 'doctor --filename=doctor'],
  ['--color=never lint x', 'lint --color=never x'],
  ['doctor --namespace', 'doctor --namespace'],
  ['lint -- -x', 'lint -- -x'],
  ['lint --unknown=1 x', 'lint --unknown=1 x'],
  ['lint -qz x', 'lint --quiet -z x'],
  ['doctor -h', 'doctor --help'],
];

describe('the command line, as kubectl reads it', () => {
  it.each(lines)('%s', (typed, read_) => {
    expect(read(typed)).toBe(read_);
  });

  it('has no command where there is none', () => {
    expect(readCommandLine(['-n', 'team'], shapesOf)).toEqual({ command: null, argv: ['--namespace=team'] });
  });
});
