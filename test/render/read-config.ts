import type { X509Certificate } from 'node:crypto';
import type { VirtualService } from '../../src/model/cluster-view.ts';
import type {
  DeliveredCertificate,
  FilterChain,
  Listener,
  Route,
  RouteAction,
  RuleRef,
  SecretEntry,
  SecretPayload,
  VirtualHost,
  WeightedCluster,
} from '../../src/model/envoy-config.ts';
import type { Printed } from '../../src/render/config-json.ts';
import { judge, resource, workload } from './values.ts';

interface TcpJson {
  readonly cluster?: string;
  readonly weighted?: readonly WeightedCluster[];
}

interface ChainJson {
  readonly serverNames?: readonly string[] | null;
  readonly applicationProtocols?: readonly string[];
  readonly tls?: {
    readonly certificates?: readonly string[] | null;
    readonly validation?: string;
    readonly subjectAltNames?: readonly string[];
    readonly requireClientCertificate?: boolean;
    readonly alpn?: readonly string[] | null;
    readonly minVersion?: string;
    readonly maxVersion?: string;
    readonly cipherSuites?: readonly string[];
    readonly ecdhCurves?: readonly string[];
  };
  readonly http?: { readonly route: string };
  readonly tcp?: TcpJson;
}

interface RouteJson {
  readonly name?: string;
  readonly match: Readonly<Record<string, unknown>>;
  readonly config?: string;
  readonly cluster?: string;
  readonly weighted?: readonly WeightedCluster[] | null;
  readonly redirect?: Readonly<Record<string, unknown>>;
  readonly directResponse?: number;
}

interface HostJson {
  readonly name: string;
  readonly domains: readonly string[];
  readonly requireTls?: string;
  readonly routes?: readonly RouteJson[] | null;
}

type IdJson = { readonly serial: string; readonly sha256: string } | { readonly unparsable: true };

type SecretJson = 'not delivered' | { readonly certificate?: IdJson; readonly ca?: IdJson; readonly crl?: boolean };

/** A config.json of the oracle, as far as the printers need it. */
export interface ConfigJson {
  readonly listeners?:
    | readonly { name: string; address: string; port: number; pipe?: string; chains?: readonly ChainJson[] | null }[]
    | null;
  readonly routes?: readonly { name: string; virtualHosts?: readonly HostJson[] | null }[] | null;
  readonly secrets?: Readonly<Record<string, SecretJson>> | null;
}

const SOMEWHERE: RuleRef = {
  virtualService: resource('VirtualService', 'test', 'any', {}),
  block: 'http',
  index: 0,
  match: null,
};

const SECRET = resource('Secret', 'test', 'any', { type: 'Opaque', data: {} });

const chain = (json: ChainJson): FilterChain => ({
  serverNames: json.serverNames ?? null,
  applicationProtocols: json.applicationProtocols ?? [],
  tls:
    json.tls === undefined
      ? null
      : {
          certificates: json.tls.certificates ?? [],
          validation: json.tls.validation ?? null,
          subjectAltNames: json.tls.subjectAltNames ?? [],
          requireClientCertificate: json.tls.requireClientCertificate ?? false,
          alpn: json.tls.alpn ?? [],
          minVersion: json.tls.minVersion ?? null,
          maxVersion: json.tls.maxVersion ?? null,
          cipherSuites: json.tls.cipherSuites ?? [],
          ecdhCurves: json.tls.ecdhCurves ?? [],
        },
  target:
    json.http !== undefined
      ? { kind: 'http', route: json.http.route }
      : json.tcp?.weighted !== undefined
        ? { kind: 'tcp-weighted', weighted: json.tcp.weighted, rule: null }
        : { kind: 'tcp', cluster: json.tcp?.cluster ?? '', rule: null },
  servers: [],
});

function action(json: RouteJson): RouteAction {
  if (json.cluster !== undefined) return { kind: 'cluster', cluster: json.cluster };
  // A rule without any destination is recorded with null (F26).
  if (json.weighted !== undefined) return { kind: 'weighted', weighted: json.weighted ?? [] };
  if (json.redirect !== undefined) return { kind: 'redirect', redirect: json.redirect };
  if (json.directResponse !== undefined) return { kind: 'direct-response', status: json.directResponse };
  return { kind: 'none' };
}

/** Named by `/apis/networking.istio.io/v1/namespaces/NAMESPACE/virtual-service/NAME`. */
function virtualService(config: string): VirtualService {
  const [, , , , , namespace = '', , name = ''] = config.split('/');
  return resource('VirtualService', namespace, name, {});
}

const route = (json: RouteJson): Route => ({
  name: json.name ?? '',
  match: json.match,
  virtualService: virtualService(json.config ?? ''),
  action: action(json),
  origin: SOMEWHERE,
});

const host = (json: HostJson): VirtualHost => ({
  name: json.name,
  domains: json.domains,
  requireTls: json.requireTls === 'ALL',
  routes: (json.routes ?? []).map(route),
  servers: [],
});

function delivered(
  id: IdJson | undefined,
  certificates: ReadonlyMap<string, X509Certificate>,
): DeliveredCertificate | null {
  if (id === undefined || 'unparsable' in id) return null;
  const certificate = certificates.get(id.sha256);
  if (certificate === undefined) throw new Error(`the input holds no certificate ${id.sha256}`);
  return {
    ...id,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    isCa: certificate.ca,
    trustDomain: /URI:spiffe:\/\/([^/,]+)/.exec(certificate.subjectAltName ?? '')?.[1] ?? null,
  };
}

function payload(json: SecretJson, certificates: ReadonlyMap<string, X509Certificate>): SecretPayload {
  if (json === 'not delivered') return { kind: 'not-delivered', reason: { why: 'unknown', because: 'not recorded' } };
  if (json.ca !== undefined) {
    const crlKey = json.crl ? 'ca.crl' : null;
    return { kind: 'ca', certificate: delivered(json.ca, certificates), from: SECRET, caKey: 'ca.crt', crlKey, judge };
  }
  const certificate = delivered(json.certificate, certificates);
  return { kind: 'certificate', certificate, from: SECRET, certKey: 'tls.crt', keyKey: 'tls.key', judge };
}

/** Rebuilds the model from a recorded config.json; what is not recorded (origins, reasons) is filled with any value. */
export function readConfig(json: ConfigJson, certificates: ReadonlyMap<string, X509Certificate>): Printed {
  const listeners: Listener[] = (json.listeners ?? []).map((l) => ({
    name: l.name,
    address: l.address,
    port: l.port,
    pipe: l.pipe ?? null,
    chains: (l.chains ?? []).map(chain),
  }));
  const secrets: SecretEntry[] = Object.entries(json.secrets ?? {}).map(([name, value]) => ({
    name,
    payload: payload(value, certificates),
    usedBy: [],
  }));
  return {
    workload: workload('test', 'gateway'),
    listeners,
    routes: (json.routes ?? []).map((r) => ({ name: r.name, virtualHosts: (r.virtualHosts ?? []).map(host) })),
    secrets,
    drops: [],
  };
}
