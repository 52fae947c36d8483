import { serverPlace } from '../model/envoy-config.ts';
import { type Mixture, mixturesOf, type Site, sitesOf } from './facts/coalescing.ts';
import { sent } from './facts/live.ts';
import { patchGateway, sameGateway, serverText, serverTextBeside } from './facts/servers.ts';
import { enumerate, NO_ROUTE } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

/** So many of the other servers are listed. */
const MOST = 8;

export default defineRule({
  id: 'connection-coalescing',
  summary:
    'A certificate covers hosts of another server on the port, so browsers send requests down the wrong connection',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    for (const config of sent(configs)) {
      for (const listener of config.listeners) {
        for (const mixture of mixturesOf(sitesOf(view, configs, config, listener))) {
          const { strayed, sites } = mixture;
          const [{ by, host }] = strayed;
          const homes = [...new Set(strayed.map(({ home }) => home))];
          const names = enumerate(by.names, 3);
          const hosts = enumerate(strayed.map((one) => one.host));
          const others =
            homes.length === 1 ? serverTextBeside(homes[0]!.server, by.server) : `${homes.length} other servers`;
          const all = sites > homes.length + 1 ? ` (${sites} servers of this port overlap in all)` : '';
          const from = by.hosts.find((name) => !name.startsWith('*')) ?? by.hosts[0] ?? names;
          yield {
            kind: 'problem',
            message: `the certificate of ${serverText(by.server)} (for ${names}) also covers ${hosts}, which ${others} ${homes.length === 1 ? 'serves' : 'serve'}${all}`,
            at: serverPlace(by.server, 'hosts'),
            related: homes.slice(0, MOST).map((home, index) => ({
              at: serverPlace(home.server, 'hosts'),
              message: `${serverText(home.server)} serves ${enumerate(strayed.filter((one) => one.home === home).map((one) => one.host))}${index === MOST - 1 && homes.length > MOST ? `; ${homes.length - MOST} more servers are not listed` : ''}`,
            })),
            symptom: `browsers that are connected to ${from} send requests for ${host} down the same HTTP/2 connection: ${NO_ROUTE}, or the answer of another route, now and then; curl sees nothing of it`,
            remedy: remedyOf(mixture, homes),
            workload: config.workload,
          };
        }
      }
    }
  },
});

function remedyOf({ strayed: [{ by }] }: Mixture, homes: readonly Site[]): string {
  const [home] = homes;
  const either =
    'or give each server a certificate for its own hosts only (HTTP/2 cannot be switched off for a gateway).';
  const asOne = home && homes.length === 1 && sameGateway(home.server, by.server) && settings(home) === settings(by);
  if (!asOne)
    return `Serve these hosts from one server of one Gateway, to which their VirtualServices are bound,\n${either}`;
  const hosts = [...new Set([...(by.server.server.hosts ?? []), ...(home.server.server.hosts ?? [])])];
  return `Serve them from one server:\n  ${patchGateway(by.server, 'replace', ['hosts'], hosts)}\n  ${patchGateway(home.server, 'remove', [])}\n${either}`;
}

/** What two servers must have in common so that one of them can do for both. */
const settings = ({ server: { server } }: Site): string =>
  JSON.stringify([server.port?.number, server.bind, server.tls]);
