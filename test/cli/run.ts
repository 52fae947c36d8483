import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program as users run it. */
export const binary = join(root, 'bin', 'run.js');

const made: string[] = [];

afterAll(() => {
  for (const path of made) {
    // Some tests take the permission to write away.
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  }
});

/** An empty folder that is gone after the tests of the file. */
export function emptyFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tlsgw-test-'));
  made.push(path);
  return path;
}

const cache = emptyFolder();

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
}

/** An environment without anything that changes colours or caches. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, XDG_CACHE_HOME: cache, ...more };
}

/** Runs the built binary and waits for its end. */
export function tlsgw(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.file ?? binary, ...args], {
      cwd: options.cwd ?? root,
      env: environment(options.env),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Runs a line of shell in which `tlsgw` is the binary. */
export function shell(line: string, options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const script = `tlsgw() { "${process.execPath}" "${binary}" "$@"; }\n${line}`;
    const child = spawn('bash', ['-c', script], { cwd: options.cwd ?? root, env: environment(options.env) });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A folder with these files; returns its path. */
export function folder(files: Readonly<Record<string, string>>): string {
  const path = emptyFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** The input of a recorded case. */
export const oracleInput = (name: string): string => join(root, 'test', 'oracle', 'cases', name, 'input.yaml');

/** A small input with a finding of severity error: the port name occurs twice. */
export const broken = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.example.com]
    tls: {mode: SIMPLE, credentialName: a}
  - port: {number: 444, name: https, protocol: HTTPS}
    hosts: [b.example.com]
    tls: {mode: SIMPLE, credentialName: b}
`;
