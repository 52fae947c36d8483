import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, type Program, type Timing } from './measure.ts';
import { NOW, writeRepository } from './mesh.ts';
import { type Page, ratio, time } from './page.ts';
import { phases } from './phases.ts';

const SMALL = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: shop
  namespace: istio-system
spec:
  selector:
    istio: ingressgateway
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
  namespace: shop
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/shop]
  http:
  - route:
    - destination: {host: shop, port: {number: 8080}}
`;

/** Starts against a bare Node and kubectl's fastest command; then the lint of a repository before a merge. */
export function startUp(page: Page, binary: string, folder: string, env: NodeJS.ProcessEnv, turns: number): void {
  const small = join(folder, 'small.yaml');
  writeFileSync(small, SMALL);
  const node = process.execPath;
  const programs: Program[] = [
    { name: 'node -e 0', command: [node, '-e', '0'] },
    { name: 'kubectl version --client', command: ['kubectl', 'version', '--client'] },
    { name: 'tlsgw --version', command: [node, binary, '--version'] },
    { name: 'tlsgw rules', command: [node, binary, 'rules'] },
    { name: 'tlsgw lint small.yaml', command: [node, binary, 'lint', small], expect: [0, 1] },
  ];
  const timings = interleaved(programs, turns, env, true);
  const bare = timings.get('node -e 0')!;
  const kubectl = timings.get('kubectl version --client')!;
  page.say(`## Start, warm code cache, all rules (${turns} turns)`);
  const row = (name: string, { median, min }: Timing) => [
    name,
    time(median),
    time(min),
    ratio(median / bare.median),
    ratio(min / bare.min),
    ratio(median / kubectl.median),
    ratio(min / kubectl.min),
  ];
  page.table(
    ['command', 'median', 'minimum', 'to node', 'of minima', 'to kubectl', 'of minima'],
    [...timings].map(([name, timing]) => row(name, timing)),
  );
  page.say('Accepted: lint at most 2.60 x node and 1.30 x kubectl. Goal: 2.10 x and 1.00 x.', '');
  const shares = phases(binary, ['lint', small], folder, env, turns);
  parts(page, bare.min, timings.get('tlsgw lint small.yaml')!.min, shares);
}

/** What the time of a lint is spent on. */
function parts(page: Page, bare: number, lint: number, shares: ReadonlyMap<string, number>): void {
  const row = (name: string, ms: number) => [name, `${ms.toFixed(1)} ms`, `${((ms / lint) * 100).toFixed(0)} %`];
  page.say('What the minimum of `lint small.yaml` is spent on:');
  const rest = [...shares].sort((a, b) => b[1] - a[1]).map(([part, share]) => row(part, share * (lint - bare)));
  page.table(['part', 'time', 'share'], [row('Node itself (node -e 0)', bare), ...rest, row('together', lint)]);
  page.say('Beyond Node, shares of CPU profiles (bench/phases.ts) of the time that the minima leave.', '');
}

/** The lint of 100 files, as a check before a merge runs it. */
export function preMerge(page: Page, binary: string, folder: string, env: NodeJS.ProcessEnv, turns: number): void {
  writeRepository(folder, 100);
  const timings = interleaved(
    [
      { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
      { name: 'lint of 100 files', command: [process.execPath, binary, 'lint', folder, '--now', NOW], expect: [0, 1] },
    ],
    turns,
    env,
    true,
  );
  const bare = timings.get('node -e 0')!;
  const lint = timings.get('lint of 100 files')!;
  page.say(`## Before a merge: 100 files, 99 Gateways, 990 VirtualServices, 99 Secrets (${turns} turns)`);
  page.table(
    ['command', 'median', 'minimum', 'to node'],
    [['tlsgw lint DIRECTORY', time(lint.median), time(lint.min), ratio(lint.median / bare.median)]],
  );
}
