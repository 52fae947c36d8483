import { type Location, type Path, pathText } from '../model/location.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** Gives the position of a path in the configuration file. */
export type Locate = (path: Path) => Location | null;

/** Reads values out of the configuration file; what is not as it should be is a UsageError with its place. */
export class ConfigReader {
  private readonly file: string;
  private readonly locate: Locate;

  constructor(file: string, locate: Locate) {
    this.file = file;
    this.locate = locate;
  }

  /** Place of a path, at worst the first line of the file. */
  location(path: Path): Location {
    return this.locate(path) ?? { file: this.file, line: 1, column: 1 };
  }

  /** Ends the run. */
  refuse(path: Path, message: string): never {
    const { file, line, column } = this.location(path);
    throw new UsageError(
      `${file}:${line}:${column}: ${message}`,
      'Keys of .tlsgw.yaml: severities, ignores, failOn, istioVersion, workloads.',
    );
  }

  /** A mapping with only these keys; empty for null. */
  object(value: unknown, path: Path, keys: readonly string[] | null): Readonly<Record<string, unknown>> {
    if (value === null || value === undefined) return {};
    if (typeof value !== 'object' || Array.isArray(value)) this.refuse(path, `${this.name(path)} must be a mapping`);
    const body = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(body)) {
      if (keys !== null && !keys.includes(key)) {
        this.refuse([...path, key], `unknown key ${JSON.stringify(key)}${didYouMean(key, keys)}`);
      }
    }
    return body;
  }

  /** A list; empty for null. */
  list(value: unknown, path: Path): readonly unknown[] {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) this.refuse(path, `${this.name(path)} must be a list`);
    return value;
  }

  /** A text that is not empty. */
  text(value: unknown, path: Path): string {
    if (typeof value === 'string' && value.trim() !== '') return value;
    return this.refuse(path, `${this.name(path)} must be a text${value === undefined ? ', and is missing' : ''}`);
  }

  /** One of a few words. */
  choice<const C extends string>(value: unknown, path: Path, choices: readonly C[]): C {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const meant = typeof value === 'string' ? didYouMean(value, choices) : '';
    return this.refuse(
      path,
      `${this.name(path)} is one of ${choices.join(', ')}, not ${JSON.stringify(value)}${meant}`,
    );
  }

  /** A port number. */
  port(value: unknown, path: Path): number {
    const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536) return port;
    return this.refuse(path, `${this.name(path)} must be a port from 1 to 65535, not ${JSON.stringify(value)}`);
  }

  private name(path: Path): string {
    return path.length === 0 ? 'the configuration' : pathText(path);
  }
}
