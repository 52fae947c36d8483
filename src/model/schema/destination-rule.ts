import { istioObject } from './roots.ts';
import {
  any,
  boolean,
  duration,
  integer,
  keyName,
  list,
  map,
  number,
  object,
  oneOf,
  text,
  textMap,
  texts,
} from './shape.ts';

// Fields marked "later" are not in 1.29; the API of later versions has them.

const connectionPool = object({
  tcp: object({
    maxConnections: integer,
    connectTimeout: duration,
    tcpKeepalive: object({ probes: integer, time: duration, interval: duration }),
    maxConnectionDuration: duration,
    idleTimeout: duration,
  }),
  http: object({
    http1MaxPendingRequests: integer,
    http2MaxRequests: integer,
    maxRequestsPerConnection: integer,
    maxRetries: integer,
    idleTimeout: duration,
    h2UpgradePolicy: oneOf('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'),
    useClientProtocol: boolean,
    maxConcurrentStreams: integer,
    http2KeepAlive: object({ interval: duration, timeout: duration }), // later
  }),
  perHostSettings: any, // later; known from a release note only
});

const failover = list(object({ from: text, to: text }));

const consistentHash = object({
  httpHeaderName: text,
  httpCookie: object({ name: text, path: text, ttl: duration, attributes: list(object({ name: text, value: text })) }),
  useSourceIp: boolean,
  httpQueryParameterName: text,
  ringHash: object({ minimumRingSize: integer }),
  maglev: object({ tableSize: integer }),
  minimumRingSize: integer,
  hashBalanceFactor: integer, // later
});

const loadBalancer = object({
  simple: oneOf('UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'),
  consistentHash,
  localityLbSetting: object({
    distribute: list(object({ from: text, to: map(integer) })),
    failover,
    failoverPriority: texts,
    enabled: boolean,
  }),
  warmupDurationSecs: duration,
  warmup: object({ duration: duration, minimumPercent: number, aggression: number }),
  // later
  zoneAwareLbSetting: object({ enabled: boolean, failover, failoverPriority: texts, minClusterSize: integer }),
  // later
  backendUtilization: object({
    errorUtilizationPenaltyPercent: integer,
    metricNamesForComputingUtilization: texts,
    weightExpirationPeriod: duration,
    weightStabilizationPeriod: duration,
    weightUpdatePeriod: duration,
  }),
});

const outlierDetection = object({
  consecutiveErrors: integer,
  splitExternalLocalOriginErrors: boolean,
  consecutiveLocalOriginFailures: integer,
  consecutiveGatewayErrors: integer,
  consecutive5xxErrors: integer,
  interval: duration,
  baseEjectionTime: duration,
  maxEjectionPercent: integer,
  minHealthPercent: integer,
  failurePercentageThreshold: integer, // later
  outlierDetectionHttpErrorCodes: list(integer), // later
});

const tls = object({
  mode: oneOf('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'),
  clientCertificate: keyName,
  privateKey: keyName,
  caCertificates: keyName,
  credentialName: keyName,
  subjectAltNames: texts,
  sni: text,
  insecureSkipVerify: boolean,
  caCrl: keyName,
  caCertCredentialName: keyName, // later
});

const portPolicy = { loadBalancer, connectionPool, outlierDetection, tls };

const trafficPolicy = object({
  ...portPolicy,
  portLevelSettings: list(object({ port: object({ number: integer }), ...portPolicy })),
  tunnel: object({ protocol: text, targetHost: text, targetPort: integer }),
  proxyProtocol: object({ version: oneOf('V1', 'V2') }),
  retryBudget: object({ percent: number, minRetryConcurrency: integer, budgetInterval: duration }), // the last: later
  adaptiveConcurrency: any, // later; known from a release note only
});

/** networking.istio.io DestinationRule. */
export const destinationRule = istioObject(
  object({
    host: text,
    trafficPolicy,
    subsets: list(object({ name: text, labels: textMap, trafficPolicy })),
    exportTo: texts,
    workloadSelector: object({ matchLabels: textMap }),
  }),
);
