import { isPassThroughServer } from '../istio/protocol.ts';
import type { FilterChain, Listener, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { type Place, resourceText } from '../model/resource.ts';
import { sameServer, serverText } from './facts/servers.ts';
import { enumerate, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

/** A name of one filter chain that another chain of the listener has too; '*': both match everything. */
interface Collision {
  readonly name: string;
  readonly spelled: string;
  readonly earlier: { readonly chain: FilterChain; readonly spelled: string };
}

export default defineRule({
  id: 'sni-collision',
  summary: 'Two filter chains of one listener claim the same name, so Envoy rejects the whole listener',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { listeners, workload } of configs) {
      for (const listener of listeners) {
        for (const { chain, collisions } of collisionsIn(listener)) {
          yield { ...problemOf(listener, chain, collisions), workload };
        }
      }
    }
  },
});

/** Per chain, the names it shares with an earlier one, compared as Envoy does. mirrors: D7, D8; symptoms.md 2. */
function* collisionsIn(listener: Listener): Generator<{ chain: FilterChain; collisions: Collision[] }> {
  const owners = new Map<string, Collision['earlier']>();
  for (const chain of listener.chains) {
    const collisions: Collision[] = [];
    for (const spelled of chain.serverNames ?? ['*']) {
      const name = spelled.toLowerCase();
      // Chains that differ in ALPN are told apart (AUTO_PASSTHROUGH, G16).
      const key = `${name} ${chain.applicationProtocols.join(',')}`;
      const earlier = owners.get(key);
      if (earlier) collisions.push({ name, spelled, earlier });
      else owners.set(key, { chain, spelled });
    }
    if (collisions.length > 0) yield { chain, collisions };
  }
}

function problemOf(listener: Listener, chain: FilterChain, collisions: readonly Collision[]): Problem {
  const { chain: other } = collisions[0]!.earlier;
  const [mine, theirs] = [describe(chain), describe(other)];
  const within = chain === other;
  const names = enumerate(collisions.map((c) => c.name));
  const spelling = collisions.some((c) => c.spelled !== c.earlier.spelled)
    ? ' (upper and lower case are the same name)'
    : '';
  const claim =
    chain.serverNames === null
      ? `${mine.text} and ${theirs.text} both take every connection`
      : within
        ? `${mine.text} lists ${names} twice${spelling}`
        : `${mine.text} and ${theirs.text} both claim ${names}${spelling}`;
  const related = [...new Set(collisions.map((c) => c.earlier.chain))]
    .filter((c) => c !== chain)
    .flatMap((c) => describe(c).places);
  const own =
    mine.rule && theirs.server && mine.server && sameServer(mine.server, theirs.server)
      ? mine.places.toReversed()
      : mine.places;
  return {
    kind: 'problem',
    message: `${claim} on port ${listener.port}: Envoy rejects the whole listener`,
    at: own[0]!.at,
    related: [...related, ...own.slice(1)],
    symptom: `every host on port ${listener.port} stays at its old configuration; after the next restart of the pod: ${REFUSED}`,
    remedy:
      chain.serverNames === null
        ? 'Name the hosts of one of the two servers instead of *, or give it another port.'
        : within
          ? `Write ${names} once in the list.`
          : `Take ${names} out of one of the two, or serve both from one server.`,
  };
}

interface Description {
  readonly text: string;
  readonly server: ServerRef | null;
  readonly rule: RuleRef | null;
  /** The server first, then the rule of a VirtualService whose sniHosts made the chain. */
  readonly places: readonly { readonly at: Place; readonly message: string }[];
}

function describe(chain: FilterChain): Description {
  const server = chain.servers[0] ?? null;
  const { target } = chain;
  // Only a passthrough chain takes its names from the rule (G7).
  const rule = server && isPassThroughServer(server.server) && target.kind !== 'http' ? target.rule : null;
  const places = [
    ...(server ? [{ at: serverPlace(server, 'hosts'), message: `${serverText(server)} claims it` }] : []),
    ...(rule
      ? [
          {
            at: rulePlace(rule, 'sniHosts'),
            message: `${resourceText(rule.virtualService.id)} claims it with sniHosts`,
          },
        ]
      : []),
  ];
  const text = rule
    ? `${resourceText(rule.virtualService.id)} (sniHosts)`
    : server
      ? serverText(server)
      : 'a filter chain';
  return { text, server, rule, places };
}
