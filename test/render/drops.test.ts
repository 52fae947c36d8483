import { expect, test } from 'vitest';
import type { Drop, DropReason, RuleRef, ServerRef } from '../../src/model/envoy-config.ts';
import { rulePlace, serverPlace } from '../../src/model/envoy-config.ts';
import type { Server } from '../../src/model/specs.ts';
import { dropWinners } from '../../src/render/drop-facts.ts';
import { dropLine, dropNote } from '../../src/render/drop-note.ts';
import type { DropOf } from '../../src/render/drop-text.ts';
import { resource } from './values.ts';

const server = (name: string, index: number, of: Server): ServerRef => ({
  gateway: resource('Gateway', 'test', name, { servers: [of] }),
  index,
  server: of,
});

const SNI = server('sni-gateway', 0, { hosts: ['httpbin.example.com'], port: { number: 443, protocol: 'HTTPS' } });
const MANUAL = server('manual-gateway', 1, { hosts: ['httpbin.example.com'], port: { number: 443, protocol: 'TCP' } });
const SECOND = { ...SNI, index: 2, server: { ...SNI.server, hosts: ['a.com', 'b.com'] } };

const service = (name: string) => resource('VirtualService', 'web', name, { hosts: [] });
const rule = (name: string, block: RuleRef['block'] = 'http', match: number | null = null): RuleRef => ({
  virtualService: service(name),
  block,
  index: 0,
  match,
});

const at = serverPlace(SNI);
const ruleAt = rulePlace(rule('shop'));
const secret = resource('Secret', 'istio-system', 'shop-tls', { type: 'Opaque', data: {} });
const undelivered = (because: DropOf<'secret-not-delivered'>['because']): Drop => ({
  reason: 'secret-not-delivered',
  secret: 'kubernetes://shop-tls',
  server: SNI,
  because,
  at: serverPlace(SNI, 'tls', 'credentialName'),
  mirrors: 'I2',
});

type Sample = { readonly [R in DropReason]: readonly (readonly [drop: Drop, line: string])[] };

const S = 'Gateway test/sni-gateway spec.servers[0] (httpbin.example.com on 443): ';
const W = 'VirtualService web/shop spec.http[0]: ';
const C = 'Gateway test/sni-gateway spec.servers[0].tls.credentialName (httpbin.example.com on 443): ';

// Total: a new reason does not compile until it has its sentence here.
const SAMPLES: Sample = {
  'server-without-port': [
    [{ reason: 'server-without-port', at, mirrors: 'B2' }, 'Gateway test/sni-gateway spec.servers[0]: it has no port'],
  ],
  'hosts-replaced-by-star': [
    [
      { reason: 'hosts-replaced-by-star', server: SNI, hosts: ['a.com', 'b.com'], at, mirrors: 'B3' },
      `${S}*/* in its list stands for every host, so istiod forgets a.com, b.com   hosts-replaced-by-star`,
    ],
  ],
  'duplicate-host': [
    [
      {
        reason: 'duplicate-host',
        server: SNI,
        port: 8443,
        hosts: [{ host: 'httpbin.example.com', winner: MANUAL }],
        at,
        mirrors: 'B7',
      },
      `${S}Gateway test/manual-gateway has this host already   server-dropped-duplicate-host`,
    ],
    [
      {
        reason: 'duplicate-host',
        server: SECOND,
        port: 8443,
        hosts: [{ host: 'a.com', winner: SNI }],
        at: serverPlace(SECOND),
        mirrors: 'B7',
      },
      'Gateway test/sni-gateway spec.servers[2] (a.com, b.com on 443): spec.servers[0] of the same Gateway has a.com already, so the whole server is dropped with all its hosts   server-dropped-duplicate-host',
    ],
  ],
  'protocol-conflict': [
    [
      { reason: 'protocol-conflict', server: SNI, port: 8443, winner: MANUAL, at, mirrors: 'B11' },
      `${S}Gateway test/manual-gateway spec.servers[1] has port 8443 for TCP already, which HTTPS cannot share   server-dropped-protocol-conflict`,
    ],
  ],
  'route-name-reused': [
    [
      { reason: 'route-name-reused', server: SECOND, port: 8443, winner: SNI, at, mirrors: 'B13' },
      'Gateway test/sni-gateway spec.servers[0] (a.com, b.com on 443): spec.servers[0] of the same Gateway has the same port name and number on port 8443   duplicate-port-name',
    ],
  ],
  'replaced-by-plain-server': [
    [
      { reason: 'replaced-by-plain-server', server: SNI, port: 8443, winner: MANUAL, at, mirrors: 'B12' },
      `${S}Gateway test/manual-gateway spec.servers[1] is a plain server of the same protocol on port 8443 and takes its place`,
    ],
  ],
  'route-list-overwritten': [
    [
      { reason: 'route-list-overwritten', server: SNI, port: 8080, winner: MANUAL, at, mirrors: 'B17' },
      `${S}the routes of port 8080 come from Gateway test/manual-gateway spec.servers[1] alone`,
    ],
  ],
  'privileged-port': [
    [
      { reason: 'privileged-port', server: SNI, port: 443, at, mirrors: 'A21' },
      `${S}the gateway pods may not bind port 443 (ISTIO_META_UNPRIVILEGED_POD)   privileged-port-skipped`,
    ],
  ],
  'no-target-port': [
    [
      { reason: 'no-target-port', server: SNI, at, mirrors: 'A18' },
      `${S}no Service port 443 leads to a port of the gateway pods`,
    ],
  ],
  'no-chain': [
    [
      { reason: 'no-chain', server: SNI, port: 443, wants: 'tls', at, mirrors: 'G3' },
      `${S}no VirtualService gives it a tls route, so there is nothing to listen for   passthrough-no-tls-route`,
    ],
    [
      { reason: 'no-chain', server: SNI, port: 443, wants: 'tcp', at, mirrors: 'G3' },
      `${S}no VirtualService gives it a tcp route, so there is nothing to listen for`,
    ],
    [
      {
        reason: 'no-chain',
        server: { ...SNI, server: { ...SNI.server, tls: {} } },
        port: 443,
        wants: 'tcp',
        at,
        mirrors: 'G3',
      },
      `${S}no VirtualService gives it a tcp route, so there is nothing to listen for   tls-protocol-needs-tcp-route`,
    ],
    [
      { reason: 'no-chain', server: SNI, port: 443, wants: 'service', at, mirrors: 'G3' },
      `${S}no Service has a name that its hosts cover, so there is nothing to listen for`,
    ],
  ],
  'sni-hidden-by-star': [
    [
      { reason: 'sni-hidden-by-star', server: SNI, hosts: ['a.com'], at, mirrors: 'D7' },
      `${S}* among its hosts takes every name, so a.com is not told apart by SNI`,
    ],
  ],
  'credential-ignored': [
    [
      {
        reason: 'credential-ignored',
        server: SNI,
        because: 'passthrough',
        at: serverPlace(SNI, 'tls', 'credentialName'),
        mirrors: 'C4',
      },
      `${C}in mode PASSTHROUGH, which is also the default, no certificate is used`,
    ],
  ],
  'vs-server-dropped': [
    [
      {
        reason: 'vs-server-dropped',
        virtualService: service('shop'),
        gateway: SNI.gateway,
        servers: [SNI],
        at: { resource: service('shop'), path: [] },
        mirrors: 'B7',
      },
      'VirtualService web/shop: istiod drops every server of Gateway test/sni-gateway that has its hosts',
    ],
  ],
  'vs-not-visible': [
    [
      {
        reason: 'vs-not-visible',
        virtualService: service('shop'),
        gateway: SNI.gateway,
        at: { resource: service('shop'), path: ['spec', 'exportTo'] },
        mirrors: 'E9',
      },
      'VirtualService web/shop spec.exportTo: its exportTo hides it from the pods of Gateway test/sni-gateway   vs-not-visible-to-gateway',
    ],
  ],
  'vs-host-mismatch': [
    [
      {
        reason: 'vs-host-mismatch',
        virtualService: service('shop'),
        gateway: SNI.gateway,
        hosts: ['x.com'],
        at: { resource: service('shop'), path: ['spec', 'hosts'] },
        mirrors: 'E13',
      },
      'VirtualService web/shop spec.hosts: Gateway test/sni-gateway serves none of its hosts (x.com)   vs-host-not-in-gateway',
    ],
  ],
  'vs-delegate': [
    [
      {
        reason: 'vs-delegate',
        virtualService: service('shop'),
        at: { resource: service('shop'), path: [] },
        mirrors: 'E1',
      },
      'VirtualService web/shop: it has no hosts, so it works only where another VirtualService delegates to it',
    ],
  ],
  'delegate-not-found': [
    [
      { reason: 'delegate-not-found', rule: rule('shop'), delegate: 'web/gone', at: ruleAt, mirrors: 'E6' },
      `${W}there is no VirtualService web/gone to delegate to`,
    ],
  ],
  'delegate-is-root': [
    [
      { reason: 'delegate-is-root', rule: rule('shop'), delegate: service('other'), at: ruleAt, mirrors: 'E6' },
      `${W}VirtualService web/other has hosts of its own, so nothing can be delegated to it`,
    ],
  ],
  'delegate-not-exported': [
    [
      { reason: 'delegate-not-exported', rule: rule('shop'), delegate: service('other'), at: ruleAt, mirrors: 'E6' },
      `${W}VirtualService web/other is not exported to namespace web`,
    ],
  ],
  'delegate-match-conflict': [
    [
      { reason: 'delegate-match-conflict', rule: rule('shop'), root: rule('root'), at: ruleAt, mirrors: 'E7' },
      `${W}no match of it can be joined with one of VirtualService web/root spec.http[0]`,
    ],
  ],
  'rule-after-catch-all': [
    [
      { reason: 'rule-after-catch-all', rule: rule('shop'), winner: rule('first'), at: ruleAt, mirrors: 'F19' },
      `${W}VirtualService web/first spec.http[0] takes every request before it`,
    ],
  ],
  'match-filtered': [
    [
      { reason: 'match-filtered', rule: rule('shop'), server: SNI, by: 'port', at: ruleAt, mirrors: 'F21' },
      `${W}its match asks for another port than 443, the number in the Gateway   vs-match-port`,
    ],
    [
      { reason: 'match-filtered', rule: rule('shop'), server: SNI, by: 'gateways', at: ruleAt, mirrors: 'F21' },
      `${W}its match names other gateways than test/sni-gateway`,
    ],
    [
      { reason: 'match-filtered', rule: rule('shop'), server: SNI, by: 'source', at: ruleAt, mirrors: 'F21' },
      `${W}its match asks for source labels or a source namespace that the gateway pods do not have`,
    ],
  ],
  'block-ignored': [
    [
      {
        reason: 'block-ignored',
        rule: rule('shop', 'tls'),
        server: SNI,
        reads: 'http',
        at: rulePlace(rule('shop', 'tls')),
        mirrors: 'G2',
      },
      'VirtualService web/shop spec.tls[0]: Gateway test/sni-gateway spec.servers[0] reads only http rules, and this is a rule under tls   http-server-tls-route',
    ],
  ],
  'rule-not-first': [
    [
      {
        reason: 'rule-not-first',
        rule: rule('shop', 'tcp'),
        server: SNI,
        winner: rule('first', 'tcp'),
        at: rulePlace(rule('shop', 'tcp')),
        mirrors: 'G4',
      },
      'VirtualService web/shop spec.tcp[0]: a port without SNI has room for one rule, and VirtualService web/first spec.tcp[0] comes first',
    ],
  ],
  'duplicate-sni': [
    [
      {
        reason: 'duplicate-sni',
        rule: rule('shop', 'tls', 0),
        server: SNI,
        hosts: [{ host: 'a.com', winner: rule('first', 'tls', 1) }],
        at: rulePlace(rule('shop', 'tls', 0)),
        mirrors: 'G8',
      },
      'VirtualService web/shop spec.tls[0].match[0]: VirtualService web/first spec.tls[0].match[1] has a.com already, so the whole match is dropped',
    ],
  ],
  'rule-without-match': [
    [
      {
        reason: 'rule-without-match',
        rule: rule('shop', 'tls'),
        server: SNI,
        at: rulePlace(rule('shop', 'tls')),
        mirrors: 'G7',
      },
      'VirtualService web/shop spec.tls[0]: a tls rule needs a match with sniHosts',
    ],
  ],
  'route-shadowed': [
    [
      {
        reason: 'route-shadowed',
        rule: rule('shop'),
        virtualHost: 'a.com:80',
        winner: rule('first'),
        at: ruleAt,
        mirrors: 'F18',
      },
      `${W}in virtual host a.com:80 VirtualService web/first spec.http[0] takes every request before it   route-shadowed-across-vs`,
    ],
  ],
  'secret-not-delivered': [
    [
      undelivered({ why: 'not-found', namespace: 'istio-system', name: 'shop-tls' }),
      `${C}there is no Secret istio-system/shop-tls   secret-not-found`,
    ],
    [
      undelivered({ why: 'cross-namespace', namespace: 'web', name: 'shop-tls' }),
      `${C}istiod gives a gateway no Secret of another namespace, so not web/shop-tls   credential-cross-namespace`,
    ],
    [
      undelivered({ why: 'not-authorized', namespace: 'istio-system', serviceAccount: 'gw' }),
      `${C}service account gw may not list secrets in namespace istio-system   gateway-sa-cannot-list-secrets`,
    ],
    [
      undelivered({ why: 'no-reference-grant', namespace: 'web', name: 'shop-tls' }),
      `${C}no ReferenceGrant opens Secret web/shop-tls to the Gateway   gwapi-cert-ref`,
    ],
    [
      undelivered({ why: 'bad-keys', secret, wanted: 'certificate', found: ['tls.crt'], empty: [] }),
      `${C}Secret istio-system/shop-tls needs tls.crt and tls.key (or cert and key), but has tls.crt   secret-bad-keys`,
    ],
    [
      undelivered({ why: 'bad-keys', secret, wanted: 'ca', found: ['ca.crt'], empty: ['ca.crt'] }),
      `${C}Secret istio-system/shop-tls needs ca.crt (or cacert), but has ca.crt, with nothing in ca.crt   secret-bad-keys`,
    ],
    [undelivered({ why: 'unknown-scheme' }), `${C}istiod knows no secrets of this form`],
    [undelivered({ why: 'unknown', because: 'not in the input' }), `${C}not in the input`],
  ],
};

const ALL = Object.values(SAMPLES).flat();

test.each(ALL.map(([drop, line]) => [line, drop]))('%s', (line, drop) => {
  expect(dropLine(drop)).toBe(line);
});

test('winners are named once each', () => {
  const of = SAMPLES['duplicate-host'][0]?.[0];
  if (of?.reason !== 'duplicate-host') throw new Error('no sample');
  const twice = { ...of, hosts: [...of.hosts, { host: 'b.com', winner: MANUAL }] };
  expect(dropWinners(twice)).toEqual([serverPlace(MANUAL)]);
  expect(ALL.filter(([drop]) => dropWinners(drop).length > 0).map(([drop]) => drop.reason)).toEqual([
    'duplicate-host',
    'duplicate-host',
    'protocol-conflict',
    'route-name-reused',
    'replaced-by-plain-server',
    'route-list-overwritten',
    'delegate-match-conflict',
    'rule-after-catch-all',
    'rule-not-first',
    'duplicate-sni',
    'route-shadowed',
  ]);
});

const first = (reason: DropReason): Drop => {
  const drop = SAMPLES[reason][0]?.[0];
  if (drop === undefined) throw new Error(reason);
  return drop;
};

const NOTHING = { listeners: [], routes: [] };

test('the note beside a table holds what is missing in that table', () => {
  const reasons = [
    'duplicate-host',
    'rule-after-catch-all',
    'rule-not-first',
    'vs-delegate',
    'route-shadowed',
  ] as const;
  const drops = reasons.map(first);
  expect(dropNote(drops, 'listeners', NOTHING)).toBe(
    `note: not in this table, because istiod drops it:
  ${S}Gateway test/manual-gateway has this host already   server-dropped-duplicate-host
  VirtualService web/shop spec.tcp[0]: a port without SNI has room for one rule, and VirtualService web/first spec.tcp[0] comes first
`,
  );
  expect(dropNote([...drops, ...drops], 'routes', NOTHING).split('\n')).toEqual([
    'note: not in this table, because istiod drops it:',
    `  ${W}VirtualService web/first spec.http[0] takes every request before it`,
    '',
  ]);
  expect(dropNote([], 'routes')).toBe('');
});

test('a rule that some other server uses is in the table', () => {
  const drop = first('block-ignored');
  const origin = rule('shop', 'tls', 2);
  const target = { kind: 'tcp', cluster: 'c', rule: origin } as const;
  const chain = { serverNames: null, applicationProtocols: [], tls: null, servers: [], target };
  const listeners = [{ name: 'l', address: '', port: 1, pipe: null, chains: [chain] }];
  expect(dropNote([drop], 'listeners', NOTHING)).toContain('reads only http rules');
  expect(dropNote([drop], 'listeners', { listeners, routes: [] })).toBe('');
  // Nobody knows, so nothing is said.
  expect(dropNote([drop], 'listeners')).toBe('');
  // Another match of the same rule is not this one.
  expect(dropNote([first('duplicate-sni')], 'listeners', { listeners, routes: [] })).toContain('has a.com already');
});

test('a VirtualService is missed in the tables its rules belong to', () => {
  const hidden = SAMPLES['vs-not-visible'][0]?.[0];
  if (hidden?.reason !== 'vs-not-visible') throw new Error('no sample');
  const of = (spec: object): Drop => ({ ...hidden, virtualService: { ...hidden.virtualService, spec } });
  const tables = (drop: Drop): string[] => (['listeners', 'routes'] as const).filter((t) => dropNote([drop], t) !== '');
  expect(tables(of({ http: [{}] }))).toEqual(['routes']);
  expect(tables(of({ tls: [{}] }))).toEqual(['listeners']);
  expect(tables(of({ tcp: [{}], http: [{}] }))).toEqual(['listeners', 'routes']);
});
