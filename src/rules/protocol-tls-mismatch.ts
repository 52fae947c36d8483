import { isHttpFamily, isPassThroughServer, parseProtocol } from '../istio/protocol.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import type { Path } from '../model/location.ts';
import { isMisread } from './facts/misread.ts';
import { clientHosts, patchGateway, serversOf, serverText } from './facts/servers.ts';
import { clientsOf, REFUSED, WRONG_VERSION } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

interface Mismatch {
  readonly message: string;
  readonly path: Path;
  readonly symptom: string;
  readonly remedy: string;
}

export default defineRule({
  id: 'protocol-tls-mismatch',
  summary: 'Protocol and TLS settings of a server contradict each other',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const ref of serversOf(view.gateways)) {
      const found = mismatchOf(ref);
      // What was not understood there is rule schema's finding.
      if (!found || isMisread(view, ref)) continue;
      const { message, path, symptom, remedy } = found;
      yield {
        kind: 'problem',
        message: `${serverText(ref)} ${message}`,
        at: serverPlace(ref, ...path),
        symptom,
        remedy,
      };
    }
  },
});

/** mirrors: J8; what istiod makes of it when the webhook did not see it: C5, C7, G1. */
function mismatchOf(ref: ServerRef): Mismatch | null {
  const { server } = ref;
  const { tls, port } = server;
  const protocol = parseProtocol(port?.protocol ?? '');
  if (protocol === 'UnsupportedProtocol' || !port) return null;
  const hosts = clientHosts(server);
  if (!tls) {
    if (protocol !== 'HTTPS' && protocol !== 'TLS') return null;
    return {
      message: `has protocol ${port.protocol} but no tls`,
      path: ['port', 'protocol'],
      symptom: `${clientsOf(hosts, WRONG_VERSION)}, or ${REFUSED}: istiod builds a plain TCP port`,
      remedy: patchGateway(ref, 'add', ['tls'], { mode: 'SIMPLE', credentialName: 'NAME-OF-THE-SECRET' }),
    };
  }
  if (isHttpFamily(protocol)) {
    const certificate = tls.serverCertificate || tls.privateKey || tls.caCertificates;
    if (isPassThroughServer(server) && !certificate) return null;
    return {
      message: `has protocol ${port.protocol} with ${tls.mode ? `tls.mode ${tls.mode}` : 'a certificate'}: the port speaks plain HTTP all the same`,
      path: tls.mode ? ['tls', 'mode'] : ['tls'],
      // Who redirects wants plain HTTP here, and TLS on another port.
      ...(tls.httpsRedirect
        ? {
            symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request: server cannot have TLS settings for plain text HTTP ports`,
            remedy: patchGateway(ref, 'replace', ['tls'], { httpsRedirect: true }),
          }
        : {
            symptom: clientsOf(hosts, WRONG_VERSION),
            remedy: patchGateway(ref, 'replace', ['port', 'protocol'], 'HTTPS'),
          }),
    };
  }
  if (protocol === 'HTTPS' || protocol === 'TLS') return null;
  return {
    message: `has tls on protocol ${port.protocol}`,
    path: ['port', 'protocol'],
    symptom: `kubectl apply: admission webhook "validation.istio.io" denied the request: server cannot have TLS settings for non HTTPS/TLS ports`,
    remedy: patchGateway(ref, 'replace', ['port', 'protocol'], 'TLS'),
  };
}
