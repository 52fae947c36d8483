import type { ClusterView } from '../model/cluster-view.ts';
import { type EnvoyConfig, type ServerRef, serverPlace } from '../model/envoy-config.ts';
import type { Certificate } from '../x509/certificate.ts';
import { covers } from '../x509/names.ts';
import { keyPlace, type Served } from './facts/contents.ts';
import { candidatesOf, secretText } from './facts/leaves.ts';
import { groupBy, type LiveServer, terminatingServers } from './facts/live.ts';
import { patchGateway, serverText } from './facts/servers.ts';
import { clientsOf, clip, enumerate } from './facts/symptoms.ts';
import { testedNames } from './facts/tested-hosts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'credential-names',
  summary: 'The certificates in credentialNames do not complement each other',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const several = terminatingServers(configs).filter(({ server }) => namesIn(server).length > 1);
    for (const [live] of groupBy(several, ({ server }) => server)) {
      const { server } = live;
      const names = namesIn(server);
      const distinct = [...new Set(names)];
      const found =
        names.length > 2
          ? tooMany(names.length)
          : distinct.length < 2
            ? {
                what: `names ${distinct[0]} twice`,
                symptom: 'it is served once; clients with the other kind of key gain nothing',
              }
            : judgePair(view, configs, live);
      if (!found) continue;
      yield {
        kind: 'problem',
        message: `${serverText(server)} ${found.what}`,
        at: serverPlace(server, 'tls', 'credentialNames'),
        related: (found.pair ?? []).map((one) => ({
          at: keyPlace(one.pair.from, one.pair.certKey),
          message: `${keyType(one)} certificate for ${namesOf(one)}`,
        })),
        symptom: found.symptom,
        remedy:
          found.remedy ??
          `Keep what is needed, one RSA and one ECDSA certificate for the same names at most:\n  ${patchGateway(server, 'replace', ['tls', 'credentialNames'], distinct.slice(0, distinct.length > 2 ? 2 : 1))}`,
      };
    }
  },
});

const namesIn = ({ server }: ServerRef): readonly string[] => server.tls?.credentialNames ?? [];

interface Found {
  readonly what: string;
  readonly symptom: string;
  readonly remedy?: string;
  readonly pair?: readonly Served[];
}

const tooMany = (count: number): Found => ({
  what: `names ${count} credentials, and the API takes two`,
  symptom: 'the API server refuses the Gateway, so the cluster keeps the previous one',
});

/** How two certificates of one server get along; those that Envoy refuses have findings of their own. */
function judgePair(view: ClusterView, configs: readonly EnvoyConfig[], { config, server }: LiveServer): Found | null {
  const candidates = candidatesOf(configs, config, server)?.filter(({ verdict }) => verdict.kind === 'accepted') ?? [];
  const [first, second] = candidates;
  if (!first || !second) return null;
  const secrets = `${secretText(first)} and ${secretText(second)}`;
  if (keyType(first) === keyType(second)) {
    // With different names Envoy picks by name, and both are of use (symptoms.md 4.1).
    if (sanKey(leafOf(first)) !== sanKey(leafOf(second))) return null;
    return {
      what: `names two ${keyType(first)} certificates for the same names, ${secrets}: one is never served`,
      symptom:
        'renewing the one that is not served has no effect, and clients without its kind of key are not served better',
      pair: candidates,
    };
  }
  const hosts = testedNames(view, config, server);
  const uneven = hosts.filter((host) => covers(leafOf(first), host) !== covers(leafOf(second), host));
  if (uneven.length === 0) return null;
  const [lacking] = covers(leafOf(first), uneven[0]!) ? [second] : [first];
  return {
    what: `names an ${keyType(first)} and an ${keyType(second)} certificate for different names: only one of ${secrets} covers ${enumerate(uneven)}`,
    symptom: clientsOf(
      uneven,
      `those that get the ${keyType(lacking)} certificate see curl: (60) SSL: no alternative certificate subject name matches target host name`,
    ),
    remedy: `Have the certificate in ${secretText(lacking)} issued for the names of both: ${enumerate([...new Set([first, second].flatMap((s) => [...leafOf(s).dnsNames, ...leafOf(s).ipAddresses]))], 20)}.`,
    pair: candidates,
  };
}

const leafOf = ({ chain }: Served): Certificate => chain![0];

const keyType = (served: Served): string => {
  const { algorithm } = leafOf(served).publicKey;
  return algorithm === 'ec' ? 'ECDSA' : algorithm === 'rsa' ? 'RSA' : algorithm;
};

const namesOf = (served: Served): string =>
  enumerate([...leafOf(served).dnsNames, ...leafOf(served).ipAddresses], 20) || clip(leafOf(served).subject.text);

const sanKey = ({ dnsNames, ipAddresses }: Certificate): string =>
  [...new Set([...dnsNames, ...ipAddresses].map((name) => name.toLowerCase()))].sort().join();
