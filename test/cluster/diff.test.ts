import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences } from '../../src/envoy/differences.ts';
import type { ActualConfig, PlainConfig } from '../../src/model/plain-config.ts';
import { readConfigDump } from '../../src/sources/envoy.ts';
import { parseText } from '../../src/sources/yaml.ts';
import { readFirstCertificate } from '../../src/x509/certificate.ts';
import { casePath } from './cluster.ts';
import { dumpOf, recorded } from './config-dump.ts';

const folder = join(casePath('x'), '..', '..');

const fingerprint = (pem: Uint8Array) => {
  const found = readFirstCertificate(pem);
  return found === null ? { unparsable: true } : { serial: found.serial, sha256: found.sha256 };
};

/** Certificates of the Secrets and ConfigMaps of a case, by fingerprint. */
function certificatesOf(name: string): (sha256: string) => string | null {
  const { documents } = parseText(readFileSync(casePath(name), 'utf8'), 'i');
  const all = documents.flatMap(({ body }) => [
    ...Object.values((body['stringData'] ?? {}) as Record<string, string>),
    ...Object.values((body['data'] ?? {}) as Record<string, string>).flatMap((v) => [
      v,
      Buffer.from(v, 'base64').toString('latin1'),
    ]),
    ...Object.values((body['binaryData'] ?? {}) as Record<string, string>).map((v) =>
      Buffer.from(v, 'base64').toString('latin1'),
    ),
  ]);
  const bySha = new Map(
    all.flatMap((pem) => {
      const found = typeof pem === 'string' ? readFirstCertificate(Buffer.from(pem, 'latin1')) : null;
      return found ? [[found.sha256, pem] as const] : [];
    }),
  );
  return (sha256) => bySha.get(sha256) ?? null;
}

const all = readdirSync(folder).flatMap((name) => {
  const expected = join(folder, name, 'expected');
  return existsSync(expected) ? readdirSync(expected).map((workload) => ({ name, workload })) : [];
});

const compare = (config: PlainConfig, dump: unknown) => differences(config, readConfigDump(dump, fingerprint));

describe('a dump of what is predicted', () => {
  it.each(all)('$name $workload has no difference', ({ name, workload }) => {
    const config = recorded(name, workload);
    expect(compare(config, dumpOf(config, certificatesOf(name)))).toEqual([]);
  });
});

interface Dump {
  readonly configs: [unknown, { dynamic_listeners: Item[] }, { dynamic_route_configs: RouteItem[] }, SecretItems];
}
interface Item {
  name: string;
  active_state?: { listener: { address: { socket_address: { port_value: number } }; filter_chains: Chain[] } };
  error_state?: unknown;
  warming_state?: unknown;
}
interface Chain {
  filter_chain_match?: { server_names: string[] };
  filters: unknown[];
  transport_socket?: {
    typed_config: {
      require_client_certificate: boolean;
      common_tls_context: { tls_certificate_sds_secret_configs: { name: string }[] };
    };
  };
}
interface RouteItem {
  route_config: {
    name: string;
    virtual_hosts: {
      domains: string[];
      require_tls?: string;
      routes: { match: object; route?: { cluster: string } }[];
    }[];
  };
}
interface SecretItems {
  dynamic_active_secrets: {
    name: string;
    secret: { tls_certificate?: { certificate_chain: { inline_bytes: string } } };
  }[];
  dynamic_warming_secrets: { name: string; error_state?: unknown }[];
}

const plantings: readonly (readonly [string, (dump: Dump) => void, readonly string[]])[] = [
  [
    'a listener that was refused and is gone',
    ({ configs: [, l] }) => {
      delete l.dynamic_listeners[0]!.active_state;
      l.dynamic_listeners[0]!.error_state = { details: 'duplicate matcher is: {}' };
    },
    ['listener-refused'],
  ],
  [
    'a listener that kept its old version',
    ({ configs: [, l] }) => {
      const tls = l.dynamic_listeners.find((i) => i.active_state!.listener.filter_chains.length > 1)!;
      tls.active_state!.listener.filter_chains.pop();
      tls.error_state = { details: 'multiple filter chains with overlapping matching rules are defined' };
    },
    ['listener-refused', 'chain-missing'],
  ],
  [
    'a listener that is missing',
    ({ configs: [, l] }) => {
      l.dynamic_listeners.shift();
    },
    ['listener-missing'],
  ],
  [
    'a listener that waits',
    ({ configs: [, l] }) => {
      l.dynamic_listeners[0]!.warming_state = l.dynamic_listeners[0]!.active_state;
      delete l.dynamic_listeners[0]!.active_state;
    },
    ['listener-warming'],
  ],
  [
    'a listener of an EnvoyFilter',
    ({ configs: [, l] }) => {
      const copy = structuredClone(l.dynamic_listeners[0]!);
      Object.assign(copy.active_state!.listener, { name: '0.0.0.0_9999' });
      l.dynamic_listeners.push({ ...copy, name: '0.0.0.0_9999' });
    },
    ['listener-extra'],
  ],
  [
    'a server that is missing',
    ({ configs: [, l] }) => {
      l.dynamic_listeners
        .find((i) => i.active_state!.listener.filter_chains.length > 1)!
        .active_state!.listener.filter_chains.shift();
    },
    ['chain-missing'],
  ],
  [
    'another certificate, without asking clients for one',
    ({ configs: [, l] }) => {
      const chain = l.dynamic_listeners
        .flatMap((i) => i.active_state!.listener.filter_chains)
        .find((c) => c.transport_socket)!;
      chain.transport_socket!.typed_config.common_tls_context.tls_certificate_sds_secret_configs[0]!.name =
        'kubernetes://other';
      chain.transport_socket!.typed_config.require_client_certificate =
        !chain.transport_socket!.typed_config.require_client_certificate;
    },
    ['chain-differs'],
  ],
  [
    'a virtual host that is missing',
    ({ configs: [, , r] }) => {
      r.dynamic_route_configs[0]!.route_config.virtual_hosts.shift();
    },
    ['host-missing'],
  ],
  [
    'a route to somewhere else',
    ({ configs: [, , r] }) => {
      const route = r.dynamic_route_configs
        .flatMap((c) => c.route_config.virtual_hosts)
        .flatMap((h) => h.routes)
        .find((x) => x.route)!;
      route.route!.cluster = 'outbound|80||other.default.svc.cluster.local';
    },
    ['route-differs'],
  ],
  [
    'routes that have not arrived',
    ({ configs: [, , r] }) => {
      r.dynamic_route_configs.shift();
    },
    ['routes-missing'],
  ],
  [
    'a redirect to HTTPS',
    ({ configs: [, , r] }) => {
      r.dynamic_route_configs[0]!.route_config.virtual_hosts[0]!.require_tls = 'ALL';
    },
    ['host-differs'],
  ],
  [
    'a secret that waits',
    ({ configs: [, , , s] }) => {
      const [first] = s.dynamic_active_secrets.splice(0, 1);
      s.dynamic_warming_secrets.push({ name: first!.name });
    },
    ['secret-warming'],
  ],
  [
    'a secret that was refused',
    ({ configs: [, , , s] }) => {
      s.dynamic_warming_secrets.push({
        name: s.dynamic_active_secrets[0]!.name,
        error_state: { details: 'KEY_VALUES_MISMATCH' },
      });
    },
    ['secret-warming'],
  ],
  [
    'an old certificate',
    ({ configs: [, , , s] }) => {
      s.dynamic_active_secrets.find((x) => x.secret.tls_certificate?.certificate_chain)!.secret
        .tls_certificate!.certificate_chain.inline_bytes = 'b2xk';
    },
    ['secret-differs'],
  ],
  [
    'a secret that never came',
    ({ configs: [, , , s] }) => {
      s.dynamic_active_secrets.shift();
    },
    ['secret-missing'],
  ],
];

describe('planted differences', () => {
  const name = 'tutorial-all-three-at-once';
  const { workload } = all.find((c) => c.name === name)!;
  const config = recorded(name, workload);

  it.each(plantings)('%s', (_, plant, kinds) => {
    const dump = structuredClone(dumpOf(config, certificatesOf(name))) as unknown as Dump;
    plant(dump);
    const found = compare(config, dump);
    expect(found.map((d) => d.kind)).toEqual(kinds);
    for (const { where, message } of found) expect(`${where}: ${message}`).toMatch(/^(listener|routes|secret) \S+: \S/);
  });

  it("are told in Envoy's own words", () => {
    const dump = dumpOf(config, certificatesOf(name)) as unknown as Dump;
    plantings[1]![1](dump);
    expect(compare(config, dump)[0]?.message).toBe(
      'Envoy has refused the last change, and it goes on with its old version: multiple filter chains with overlapping matching rules are defined',
    );
  });
});

describe('what is no dump', () => {
  it.each([[null], [{}], [[]], [{ configs: [] }], [{ configs: [{ '@type': 'x.ClustersConfigDump' }] }]])(
    '%j is refused',
    (dump) => {
      expect(() => readConfigDump(dump, fingerprint)).toThrow(/config_dump/);
    },
  );

  it('holes in a dump are no crash', () => {
    const dump = {
      configs: [
        {
          '@type': 'a.ListenersConfigDump',
          dynamic_listeners: [{}, null, { active_state: { listener: { name: 'a' } } }],
        },
      ],
    };
    const actual: ActualConfig = readConfigDump(dump, fingerprint);
    expect(actual.listeners.map((l) => l.name)).toEqual(['a']);
  });
});
