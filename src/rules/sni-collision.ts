import { type ListenerRejection, listenerRejection } from '../envoy/accept.ts';
import { isPassThroughServer, isTlsServer } from '../istio/protocol.ts';
import type { FilterChain, Listener, RuleRef, ServerRef } from '../model/envoy-config.ts';
import { rulePlace, serverPlace } from '../model/envoy-config.ts';
import { type Place, resourceText } from '../model/resource.ts';
import { portBeside, portOf, sameServer, serverText } from './facts/servers.ts';
import { enumerate, REFUSED } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

/** Envoy names one collision per listener. So many are looked for behind it, one chain taken away each time. */
const MOST = 20;

export default defineRule({
  id: 'sni-collision',
  summary: 'Two filter chains of one listener claim the same name, so Envoy rejects the whole listener',
  severity: 'error',
  inputs: ['configs'],
  since: '0.1.0',
  *check({ configs }) {
    for (const { listeners, workload } of configs) {
      for (const listener of listeners) {
        for (const rejection of collisionsIn(listener)) yield { ...problemOf(rejection), workload };
      }
    }
  },
});

/** What Envoy would refuse one after the other, were each collision mended by removing the later chain. mirrors: D7, D8. */
function* collisionsIn(listener: Listener): Generator<ListenerRejection> {
  let rest = listener;
  for (let found = 0; found < MOST; found++) {
    const rejection = listenerRejection(rest);
    const later = rejection?.chains.at(-1);
    // A wrong address concerns no single chain (rule port-reserved).
    if (!rejection || rejection.why === 'duplicate-address' || rejection.why === 'address-in-use') return;
    if (rejection.why === 'same-match' || rejection.why === 'overlapping-match') yield rejection;
    rest = { ...rest, chains: rest.chains.filter((chain) => chain !== later) };
  }
}

function problemOf({ listener, chains, names }: ListenerRejection): Problem {
  const [earlier, later] = [chains[0]!, chains.at(-1)!];
  const [theirs, mine] = [describe(earlier), describe(later)];
  const port = mine.server ? portOf(mine.server, listener.port) : `port ${listener.port}`;
  const short = mine.server && theirs.server ? portBeside(mine.server, theirs.server, listener.port) : port;
  const within = earlier === later;
  const what = enumerate(names);
  const spelled = (chain: FilterChain) =>
    (chain.serverNames ?? []).filter((name) => names.includes(name.toLowerCase()));
  const sameSpelling = !within && spelled(earlier).join() === spelled(later).join();
  const spelling = sameSpelling ? '' : ' (in any case)';
  // A server without tls that replaced TLS servers of its protocol is built twice (B12).
  const isTwice =
    !within &&
    names.length === 0 &&
    theirs.server !== null &&
    theirs.server === mine.server &&
    !isTlsServer(theirs.server.server);
  const claim = isTwice
    ? `istiod sends the chain of ${mine.text} twice, since it replaced TLS servers of protocol ${mine.server?.server.port?.protocol}`
    : within
      ? `${mine.text} lists ${what} twice${spelling}`
      : names.length === 0
        ? `${mine.text} and ${theirs.text} both take every connection`
        : `${mine.text} and ${theirs.text} claim ${what}${spelling}`;
  // Between two routes of one server, the later route is to be changed, not the server.
  const byRule = !within && mine.server && theirs.server && sameServer(mine.server, theirs.server);
  const own = byRule ? mine.places.toReversed() : mine.places;
  return {
    kind: 'problem',
    message: `${claim} on ${short}: Envoy rejects the listener`,
    at: own[0]!.at,
    about: names[0] ?? '',
    related: [...(within || isTwice ? [] : theirs.places), ...own.slice(1)],
    symptom: `every host on ${port} stays at its old configuration; after the next restart of the pod: ${REFUSED}`,
    remedy: within
      ? `Write ${what} once in the list.`
      : names.length === 0
        ? isTwice
          ? 'Give this server the tls block that its protocol wants, or another port.'
          : 'Name the hosts of one of the two servers instead of *, or give it another port.'
        : `Take ${what} out of one of the two, or serve both from one server.`,
  };
}

interface Description {
  readonly text: string;
  readonly server: ServerRef | null;
  /** The server first, then the rule of a VirtualService whose sniHosts made the chain. */
  readonly places: readonly { readonly at: Place; readonly message: string }[];
}

function describe(chain: FilterChain): Description {
  const server = chain.servers[0] ?? null;
  const rule = ruleOf(chain);
  const claims = (who: string, how = '') => `${who} claims it${how}`;
  const places = [
    ...(server ? [{ at: serverPlace(server, 'hosts'), message: claims(serverText(server)) }] : []),
    ...(rule
      ? [{ at: rulePlace(rule, 'sniHosts'), message: claims(resourceText(rule.virtualService.id), ' with sniHosts') }]
      : []),
  ];
  if (rule) return { text: `${resourceText(rule.virtualService.id)} (sniHosts)`, server, places };
  return { text: server ? serverText(server) : 'a filter chain', server, places };
}

/** Only a passthrough chain takes its names from a rule (G7). */
function ruleOf({ servers, target }: FilterChain): RuleRef | null {
  const [server] = servers;
  return server && isPassThroughServer(server.server) && target.kind !== 'http' ? target.rule : null;
}
