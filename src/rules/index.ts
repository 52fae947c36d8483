import certCnOnly from './cert-cn-only.ts';
import certExpired from './cert-expired.ts';
import certSanMismatch from './cert-san-mismatch.ts';
import credentialCrossNamespace from './credential-cross-namespace.ts';
import destinationHost from './destination-host.ts';
import destinationPort from './destination-port.ts';
import destinationSubset from './destination-subset.ts';
import duplicatePortName from './duplicate-port-name.ts';
import keyCertMismatch from './key-cert-mismatch.ts';
import mutualWithoutCa from './mutual-without-ca.ts';
import passthroughNoTlsRoute from './passthrough-no-tls-route.ts';
import protocolTlsMismatch from './protocol-tls-mismatch.ts';
import secretBadKeys from './secret-bad-keys.ts';
import secretNotFound from './secret-not-found.ts';
import secretWrongNamespace from './secret-wrong-namespace.ts';
import selectorNoPods from './selector-no-pods.ts';
import serverDroppedDuplicateHost from './server-dropped-duplicate-host.ts';
import serverDroppedProtocolConflict from './server-dropped-protocol-conflict.ts';
import sniCollision from './sni-collision.ts';
import tlsModeMissing from './tls-mode-missing.ts';
import tlsProtocolNeedsTcpRoute from './tls-protocol-needs-tcp-route.ts';
import unusedIgnore from './unused-ignore.ts';
import vsGatewayNotFound from './vs-gateway-not-found.ts';

/** Every rule, in alphabetical order. */
export const rules = [
  certCnOnly,
  certExpired,
  certSanMismatch,
  credentialCrossNamespace,
  destinationHost,
  destinationPort,
  destinationSubset,
  duplicatePortName,
  keyCertMismatch,
  mutualWithoutCa,
  passthroughNoTlsRoute,
  protocolTlsMismatch,
  secretBadKeys,
  secretNotFound,
  secretWrongNamespace,
  selectorNoPods,
  serverDroppedDuplicateHost,
  serverDroppedProtocolConflict,
  sniCollision,
  tlsModeMissing,
  tlsProtocolNeedsTcpRoute,
  unusedIgnore,
  vsGatewayNotFound,
] as const;

/** The ids of all rules; an unknown one does not compile. */
export type RuleId = (typeof rules)[number]['id'];
