import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { reasonOf } from '../sources/file-paths.ts';
import { isDirectory } from '../sources/globs.ts';
import { parseStrictly, parseText } from '../sources/yaml.ts';
import { YamlSyntaxError } from '../sources/yaml-errors.ts';
import { splitDocuments } from '../sources/yaml-split.ts';
import { type Configuration, noConfiguration, readConfiguration } from './config.ts';
import type { Locate } from './config-reader.ts';
import { UsageError } from './errors.ts';

const fileName = '.tlsgw.yaml';

/** The directory in which a search that begins with this input path starts. */
function startOf(input: string | undefined, cwd: string): string {
  if (input === undefined || input === '-' || /^https?:/.test(input)) return cwd;
  // A glob starts where its fixed part ends.
  const fixed = resolve(cwd, /[*?[{]/.test(input) ? dirname(`${input.slice(0, input.search(/[*?[{]/))}x`) : input);
  return isDirectory(fixed) ? fixed : dirname(fixed);
}

/** The directory at which a search ends: the root of the repository, or the working directory where there is none. */
function endOf(start: string, cwd: string): string {
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) break;
  }
  const inside = relative(cwd, start);
  return inside !== '..' && !inside.startsWith(`..${sep}`) ? cwd : start;
}

/** Finds `.tlsgw.yaml` from the first input path towards the root of the repository; null when there is none. */
function findConfiguration(input: string | undefined, cwd: string): string | null {
  const start = startOf(input, cwd);
  const end = endOf(start, cwd);
  for (let at = start; ; at = dirname(at)) {
    const file = join(at, fileName);
    if (existsSync(file)) return relative(cwd, file) || file;
    if (at === end || at === dirname(at)) return null;
  }
}

/**
 * Gives positions in a text that is no Kubernetes object. The parser knows only such objects, so the text becomes one:
 * two lines at its end move no other line.
 */
function locator(text: string, file: string): Locate {
  const [document] = parseText(`${text}\napiVersion: tlsgw/v1\nkind: Configuration\n`, file).documents;
  return (path) => document?.origin.locate(path) ?? null;
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`, 'this is where the configuration of kubectl tlsgw stands');
  }
}

/** Finds and reads the configuration for these inputs. */
export function loadConfiguration(paths: readonly string[], cwd: string, ruleIds: readonly string[]): Configuration {
  const file = findConfiguration(paths[0], cwd);
  if (file === null) return noConfiguration;
  const text = textOf(file, cwd);
  const [problem] = parseText(text, file).problems;
  if (problem) {
    const place = [file, problem.line, problem.column].filter((part) => part !== null).join(':');
    throw new UsageError(`${place}: ${problem.message}`, problem.hint);
  }
  if (splitDocuments(text).parts.length > 1)
    throw new UsageError(`${file}: several documents`, 'Only the first would count; write one without --- lines.');
  return readConfiguration(readStrictly(text, file), file, locator(text, file), ruleIds);
}

/** The configuration as a value. Of two equal keys only one would count, without a word. */
function readStrictly(text: string, file: string): unknown {
  try {
    return parseStrictly(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError) || !error.isDuplicateKey) throw error;
    const line = text.slice(0, error.offset).split('\n').length;
    throw new UsageError(`${file}:${line}: a key is given twice`, 'Only one of them would count; remove the other.');
  }
}
