import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The compiled harness, or why there is none on this machine. */
export type Built = { readonly binary: string } | { readonly missing: string };

const HARNESS = join(process.cwd(), 'test', 'istio-real', 'harness');
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'tlsgw');
const NAME = 'istio-harness-';

/** A harness of other sources, or of another Go, is another binary. */
function binaryFor(version: string): string {
  const hash = createHash('sha256').update(version);
  for (const file of readdirSync(HARNESS).sort()) hash.update(readFileSync(join(HARNESS, file)));
  return join(CACHE, `${NAME}${hash.digest('hex').slice(0, 16)}`);
}

/** Compiles the harness with istiod's code, from the Go module proxy, unless the binary of these sources is there. */
export function buildHarness(note: (line: string) => void): Built {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (status !== 0)
    return { missing: 'there is no Go here. Install Go 1.25.7 or newer (https://go.dev/dl), and run this again.' };
  const binary = binaryFor(stdout);
  if (existsSync(binary)) return { binary };
  mkdirSync(CACHE, { recursive: true });
  // Each has 200 MB.
  for (const old of readdirSync(CACHE)) if (old.startsWith(NAME)) rmSync(join(CACHE, old));
  note("compiling istiod's code: ten minutes the first time, seconds later");
  const made = spawnSync('go', ['test', '-c', '-o', binary, '.'], {
    cwd: HARNESS,
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off' },
  });
  if (made.status === 0 && existsSync(binary)) return { binary };
  const words = made.error?.message ?? made.stderr.trim().split('\n').slice(-5).join('\n  ');
  return {
    missing: `istiod's code does not compile here; it comes from the Go module proxy (GOPROXY). Go says:\n  ${words}`,
  };
}
