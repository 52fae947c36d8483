/** A path inside one object, as kubectl's jsonpath would walk it: `['spec', 'servers', 0, 'tls']`. */
export type Path = readonly (string | number)[];

/** A place in a text file. Lines and columns count from 1; columns count characters. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Returns the path as people write it: `spec.servers[0].tls`, keys with dots in brackets: `data["tls.crt"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
