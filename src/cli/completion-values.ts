import { connect } from '../sources/api-connection.ts';
import { listAll, metadataOnly } from '../sources/api-lists.ts';
import { type AccessFlags, kubeconfigNames, resolveAccess } from '../sources/cluster-access.ts';
import { type Entry, isEntry } from '../sources/kubeconfig.ts';
import type { Proposal } from './complete.ts';
import { kubeconfigPlaces } from './live.ts';
import { catalogue } from './rule-ids.ts';

/** Nobody waits longer than this for what a key press proposes. */
const PATIENCE = 2000;

/** The words of an unfinished command line that say which cluster is meant. */
function accessFlags(argv: readonly string[]): AccessFlags {
  const given = (name: string): string | undefined => {
    const inline = argv.find((word) => word.startsWith(`--${name}=`));
    if (inline !== undefined) return inline.slice(name.length + 3);
    const at = argv.indexOf(`--${name}`);
    return at === -1 || at + 1 >= argv.length - 1 ? undefined : argv[at + 1];
  };
  const names = ['kubeconfig', 'context', 'cluster', 'user', 'server', 'token', 'as'] as const;
  return Object.fromEntries(names.map((name) => [name, given(name)]));
}

async function namespaces(argv: readonly string[], cwd: string): Promise<string[]> {
  const flags = accessFlags(argv);
  const connection = connect(resolveAccess(flags, kubeconfigPlaces(flags.kubeconfig, cwd)), {
    env: process.env,
    // A plugin that asks for a password would ruin the line.
    interactive: false,
    stderr: () => {},
    timeout: PATIENCE,
    userAgent: 'kubectl-tlsgw',
    clock: Date.now,
  });
  try {
    const nameOf = (item: Entry): string => (isEntry(item['metadata']) ? String(item['metadata']['name']) : '');
    return await listAll(connection, '/api/v1/namespaces', nameOf, { accept: metadataOnly });
  } finally {
    await connection.close().catch(() => {});
  }
}

const plain = (values: readonly string[]): Proposal[] => values.map((value) => ({ value, description: '' }));

/** The flag whose value is being typed, as far as it needs more than the manifest. */
function wantedValue(argv: readonly string[]): string {
  const [before = '', word = ''] = argv.slice(-2);
  const inline = /^--([\w-]+)=/.exec(word)?.[1];
  const name =
    inline ??
    (before.startsWith('--') ? before.slice(2) : ({ '-n': 'namespace', '-i': 'istio-namespace' }[before] ?? ''));
  return name === 'istio-namespace' ? 'namespace' : name;
}

/**
 * Values that only the program knows, for complete(): rules, names of the kubeconfig, and for -n the namespaces of the
 * cluster. What cannot be found out within two seconds proposes nothing.
 */
export async function completionValues(
  argv: readonly string[],
  cwd: string,
): Promise<(name: string) => readonly Proposal[]> {
  const rules = catalogue.map((rule) => ({ value: rule.id, description: rule.summary }));
  const known: Record<string, readonly Proposal[]> = { rule: rules, skip: rules };
  const wanted = wantedValue(argv);
  if (wanted === 'namespace') {
    try {
      const found = plain(await namespaces(argv, cwd));
      known['namespace'] = found;
      known['istio-namespace'] = found;
    } catch {
      // No cluster, no proposals.
    }
  } else if (wanted === 'context' || wanted === 'cluster' || wanted === 'user') {
    known[wanted] = plain(kubeconfigNames(kubeconfigPlaces(accessFlags(argv).kubeconfig, cwd))[wanted]);
  }
  return (name) => known[name] ?? [];
}
