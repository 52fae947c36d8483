import { describe, expect, it } from 'vitest';
import { cases } from './all.ts';
import type { Case } from './cases.ts';
import { run } from './run.ts';

interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

interface Patch {
  readonly kind: string;
  readonly id: string;
  readonly operations: readonly Operation[];
}

const KINDS: Record<string, string> = {
  'gateways.networking.istio.io': 'Gateway',
  'virtualservices.networking.istio.io': 'VirtualService',
  'destinationrules.networking.istio.io': 'DestinationRule',
  service: 'Service',
  services: 'Service',
  deployment: 'Deployment',
  deployments: 'Deployment',
  'deployments.apps': 'Deployment',
  daemonset: 'DaemonSet',
  'daemonsets.apps': 'DaemonSet',
  secret: 'Secret',
  secrets: 'Secret',
  'certificates.cert-manager.io': 'Certificate',
};

/** The JSON patches that a remedy tells to paste, without those that leave a word to fill in. */
function patchesIn(remedy: string): Patch[] {
  const found = remedy.matchAll(/kubectl -n (\S+) patch (\S+) (\S+) --type=json -p '([^']+)'/g);
  return [...found].flatMap(([, namespace, resource, name, json]) => {
    expect(Object.keys(KINDS), `a resource that kubectl knows: ${resource}`).toContain(resource);
    if (
      /\b[A-Z]{3,}(-[A-Z]+)*\b/.test(
        json!.replace(/TLSV1_\d|TLS_AUTO|SIMPLE|HTTPS?|TLS|MUTUAL|[A-Z_]*GCM[A-Z0-9-]*|ECDHE[-A-Z0-9]*/g, ''),
      )
    )
      return [];
    return [{ kind: KINDS[resource!]!, id: `${namespace}/${name}`, operations: JSON.parse(json!) as Operation[] }];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** RFC 6902, as strictly as kubectl: a path that does not exist is an error. */
function apply(object: unknown, { op, path, value }: Operation): void {
  const keys = path
    .split('/')
    .slice(1)
    .map((k) => k.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop()!;
  let at = object;
  for (const key of keys) {
    if (!isRecord(at) || !(key in at)) throw new Error(`${path}: nothing at ${key}`);
    at = at[key];
  }
  if (Array.isArray(at)) {
    const index = last === '-' ? at.length : Number(last);
    if (op === 'add') at.splice(index, 0, value);
    else if (index >= at.length) throw new Error(`${path}: only ${at.length} entries`);
    else if (op === 'replace') at[index] = value;
    else at.splice(index, 1);
    return;
  }
  if (!isRecord(at)) throw new Error(`${path}: no object`);
  if (op !== 'add' && !(last in at)) throw new Error(`${path}: no such field to ${op}`);
  if (op === 'remove') delete at[last];
  else at[last] = value;
}

const plain = (one: Case): Record<string, unknown>[] => JSON.parse(JSON.stringify(one.objects));
const key = (o: Record<string, unknown>): string => {
  const { namespace, name } = o['metadata'] as { namespace?: string; name: string };
  return `${o['kind']} ${namespace}/${name}`;
};

describe('a patch that a remedy tells to paste can be applied, and cures the defect', () => {
  for (const one of Object.values(cases).flat()) {
    if (one.expected === null || one.edit) continue;
    const { rule, at } = one.expected;
    it(`${rule}: ${one.title}`, () => {
      const isOwn = (f: { rule: string; resource: { kind: string; namespace: string | null; name: string } }) =>
        f.rule === rule && at.includes(`${f.resource.kind} ${f.resource.namespace}/${f.resource.name}`);
      for (const f of run(one).findings.filter(isOwn)) {
        for (const patch of patchesIn(f.remedy)) {
          const objects = plain(one);
          const target = objects.find((o) => key(o) === `${patch.kind} ${patch.id}`);
          expect(target, `${patch.kind} ${patch.id} is in the input`).toBeDefined();
          for (const operation of patch.operations) apply(target, operation);
          const left = run({ ...one, objects }).findings.filter((g) => isOwn(g) && g.path === f.path);
          expect(left.map((g) => `${g.message} after ${JSON.stringify(patch)}`)).toEqual([]);
        }
      }
    });
  }
});
