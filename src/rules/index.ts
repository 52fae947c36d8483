import ambiguousTargetPort from './ambiguous-target-port.ts';
import backendPlainToHttps from './backend-plain-to-https.ts';
import caCredentialSuffix from './ca-credential-suffix.ts';
import certCnOnly from './cert-cn-only.ts';
import certExpired from './cert-expired.ts';
import certExpiringSoon from './cert-expiring-soon.ts';
import certManagerNotReady from './cert-manager-not-ready.ts';
import certNotYetValid from './cert-not-yet-valid.ts';
import certSanMismatch from './cert-san-mismatch.ts';
import chainIncomplete from './chain-incomplete.ts';
import chainOrder from './chain-order.ts';
import clientCaExpired from './client-ca-expired.ts';
import clientCaIsServerCa from './client-ca-is-server-ca.ts';
import connectionCoalescing from './connection-coalescing.ts';
import credentialConflict from './credential-conflict.ts';
import credentialCrossNamespace from './credential-cross-namespace.ts';
import credentialNames from './credential-names.ts';
import crlUnusable from './crl-unusable.ts';
import destinationHost from './destination-host.ts';
import destinationPort from './destination-port.ts';
import destinationSubset from './destination-subset.ts';
import discoverySelectorExcludesGateway from './discovery-selector-excludes-gateway.ts';
import doubleTls from './double-tls.ts';
import drCredentialSecret from './dr-credential-secret.ts';
import duplicateObject from './duplicate-object.ts';
import duplicatePortName from './duplicate-port-name.ts';
import duplicateVsHost from './duplicate-vs-host.ts';
import gatewayCrashesIstiod from './gateway-crashes-istiod.ts';
import gatewaySaCannotListSecrets from './gateway-sa-cannot-list-secrets.ts';
import gatewaySelectsForeignWorkload from './gateway-selects-foreign-workload.ts';
import hostIsIp from './host-is-ip.ts';
import hostTrailingDot from './host-trailing-dot.ts';
import hostsReplacedByStar from './hosts-replaced-by-star.ts';
import httpServerTlsRoute from './http-server-tls-route.ts';
import httpsRedirectMissing from './https-redirect-missing.ts';
import invalidHost from './invalid-host.ts';
import invalidRegex from './invalid-regex.ts';
import istioMutualOnIngress from './istio-mutual-on-ingress.ts';
import keyCertMismatch from './key-cert-mismatch.ts';
import meshMtlsSettingIgnored from './mesh-mtls-setting-ignored.ts';
import meshTlsParameterUnknown from './mesh-tls-parameter-unknown.ts';
import mutualWithoutCa from './mutual-without-ca.ts';
import optionalMutualIsMandatory from './optional-mutual-is-mandatory.ts';
import passthroughNoTlsRoute from './passthrough-no-tls-route.ts';
import pemMalformed from './pem-malformed.ts';
import portNotExposed from './port-not-exposed.ts';
import portReserved from './port-reserved.ts';
import privilegedPortSkipped from './privileged-port-skipped.ts';
import protocolTlsMismatch from './protocol-tls-mismatch.ts';
import redirectBlocksAcme from './redirect-blocks-acme.ts';
import redirectCodeRejected from './redirect-code-rejected.ts';
import redirectDropped from './redirect-dropped.ts';
import redirectLoopBehindLb from './redirect-loop-behind-lb.ts';
import redirectNamespacedHost from './redirect-namespaced-host.ts';
import redirectWithoutHttps from './redirect-without-https.ts';
import routeShadowedAcrossVs from './route-shadowed-across-vs.ts';
import schema from './schema.ts';
import secretBadKeys from './secret-bad-keys.ts';
import secretNotFound from './secret-not-found.ts';
import secretShadowedKeys from './secret-shadowed-keys.ts';
import secretWrongNamespace from './secret-wrong-namespace.ts';
import selectorMatchesNoGateway from './selector-matches-no-gateway.ts';
import selectorNoPods from './selector-no-pods.ts';
import serverDroppedDuplicateHost from './server-dropped-duplicate-host.ts';
import serverDroppedProtocolConflict from './server-dropped-protocol-conflict.ts';
import serverNoRoutes from './server-no-routes.ts';
import servicePortWithoutTarget from './service-port-without-target.ts';
import simpleWithSubjectAltNames from './simple-with-subject-alt-names.ts';
import sniCollision from './sni-collision.ts';
import sniMissing from './sni-missing.ts';
import sniNotInHosts from './sni-not-in-hosts.ts';
import sniPartialWildcard from './sni-partial-wildcard.ts';
import sniRequired from './sni-required.ts';
import tlsFilesIncomplete from './tls-files-incomplete.ts';
import tlsModeMissing from './tls-mode-missing.ts';
import tlsProtocolNeedsTcpRoute from './tls-protocol-needs-tcp-route.ts';
import tlsVersionIneffective from './tls-version-ineffective.ts';
import tlsVersionsInverted from './tls-versions-inverted.ts';
import udpServerIsTcp from './udp-server-is-tcp.ts';
import unsupportedKey from './unsupported-key.ts';
import unusedIgnore from './unused-ignore.ts';
import vsGatewayNotFound from './vs-gateway-not-found.ts';
import vsHostNotInGateway from './vs-host-not-in-gateway.ts';
import vsMatchGatewayUnknown from './vs-match-gateway-unknown.ts';
import vsMatchPort from './vs-match-port.ts';
import vsNoGateways from './vs-no-gateways.ts';
import vsNotVisibleToGateway from './vs-not-visible-to-gateway.ts';
import weightsAllZero from './weights-all-zero.ts';
import wildcardSanDepth from './wildcard-san-depth.ts';
import wildcardVsHidden from './wildcard-vs-hidden.ts';

/** Every rule, in alphabetical order. */
export const rules = [
  ambiguousTargetPort,
  backendPlainToHttps,
  caCredentialSuffix,
  certCnOnly,
  certExpired,
  certExpiringSoon,
  certManagerNotReady,
  certNotYetValid,
  certSanMismatch,
  chainIncomplete,
  chainOrder,
  clientCaExpired,
  clientCaIsServerCa,
  connectionCoalescing,
  credentialConflict,
  credentialCrossNamespace,
  credentialNames,
  crlUnusable,
  destinationHost,
  destinationPort,
  destinationSubset,
  discoverySelectorExcludesGateway,
  doubleTls,
  drCredentialSecret,
  duplicateObject,
  duplicatePortName,
  duplicateVsHost,
  gatewayCrashesIstiod,
  gatewaySaCannotListSecrets,
  gatewaySelectsForeignWorkload,
  hostIsIp,
  hostTrailingDot,
  hostsReplacedByStar,
  httpServerTlsRoute,
  httpsRedirectMissing,
  invalidHost,
  invalidRegex,
  istioMutualOnIngress,
  keyCertMismatch,
  meshMtlsSettingIgnored,
  meshTlsParameterUnknown,
  mutualWithoutCa,
  optionalMutualIsMandatory,
  passthroughNoTlsRoute,
  pemMalformed,
  portNotExposed,
  portReserved,
  privilegedPortSkipped,
  protocolTlsMismatch,
  redirectBlocksAcme,
  redirectCodeRejected,
  redirectDropped,
  redirectLoopBehindLb,
  redirectNamespacedHost,
  redirectWithoutHttps,
  routeShadowedAcrossVs,
  schema,
  secretBadKeys,
  secretNotFound,
  secretShadowedKeys,
  secretWrongNamespace,
  selectorMatchesNoGateway,
  selectorNoPods,
  serverDroppedDuplicateHost,
  serverDroppedProtocolConflict,
  serverNoRoutes,
  servicePortWithoutTarget,
  simpleWithSubjectAltNames,
  sniCollision,
  sniMissing,
  sniNotInHosts,
  sniPartialWildcard,
  sniRequired,
  tlsFilesIncomplete,
  tlsModeMissing,
  tlsProtocolNeedsTcpRoute,
  tlsVersionIneffective,
  tlsVersionsInverted,
  udpServerIsTcp,
  unsupportedKey,
  unusedIgnore,
  vsGatewayNotFound,
  vsHostNotInGateway,
  vsMatchGatewayUnknown,
  vsMatchPort,
  vsNoGateways,
  vsNotVisibleToGateway,
  weightsAllZero,
  wildcardSanDepth,
  wildcardVsHidden,
] as const;

/** The ids of all rules; an unknown one does not compile. */
export type RuleId = (typeof rules)[number]['id'];
