import { isTls13Suite, needsTls12, opensslName } from '../envoy/tls-names.ts';
import { isPassedCipher } from '../istio/tls-context.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { groupBy, terminatingServers } from './facts/live.ts';
import { editMesh, meshPlace } from './facts/mesh.ts';
import { clientHosts, patchGateway, relatedServers, serverText } from './facts/servers.ts';
import { clientsOf, enumerate } from './facts/symptoms.ts';
import { defineRule, type Problem } from './rule.ts';

const oldVersions = new Set(['TLSv1_0', 'TLSv1_1']);
const legacy = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA'];
const REFUSED_VERSION = 'alert handshake failure (40) for clients older than TLS 1.2';

export default defineRule({
  id: 'tls-version-ineffective',
  summary: 'A TLS version or cipher suite is configured, but has no effect',
  severity: 'warning',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const mesh = meshPlace(view);
    const byMesh: ServerRef[] = [];
    for (const [{ server, tls }] of groupBy(terminatingServers(configs), (live) => live.server.server)) {
      const own = server.server.tls ?? {};
      // Measured: with TLS 1.2 ciphers alone an older client finds none that it shares.
      const useless = oldVersions.has(tls.minVersion ?? '') && tls.cipherSuites.every(needsTls12);
      const dropped = (own.cipherSuites ?? []).filter((cipher) => !isPassedCipher(cipher));
      const isOwn = own.minProtocolVersion !== undefined && own.minProtocolVersion !== 'TLS_AUTO';
      if (dropped.length > 0) yield unknownCiphers(server, dropped, useless && isOwn);
      else if (useless && isOwn) yield withoutCiphers(server);
      if (useless && !isOwn) byMesh.push(server);
    }
    if (byMesh.length === 0 || !mesh) return;
    yield {
      kind: 'problem',
      message: `tlsDefaults.minProtocolVersion ${view.mesh.tlsDefaults.minProtocolVersion} of the mesh has no effect: without cipherSuites for it gateways accept no client older than TLS 1.2`,
      at: mesh,
      related: relatedServers(byMesh.slice(0, 20), 'takes it from the mesh', 'tls'),
      symptom: REFUSED_VERSION,
      remedy: `Add cipher suites that such clients know, or remove minProtocolVersion:\n  ${editMesh(view)}\n  tlsDefaults:\n    minProtocolVersion: ${view.mesh.tlsDefaults.minProtocolVersion}\n    cipherSuites: [${[...modern, ...legacy].join(', ')}]`,
    };
  },
});

const modern = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];

function withoutCiphers(server: ServerRef): Problem {
  const { minProtocolVersion, cipherSuites } = server.server.tls ?? {};
  const kept = (cipherSuites ?? []).length > 0 ? cipherSuites! : modern;
  return {
    kind: 'problem',
    message: `minProtocolVersion ${minProtocolVersion} of ${serverText(server)} has no effect: ${kept === modern ? 'without cipherSuites' : 'with these cipherSuites'} clients older than TLS 1.2 find no cipher`,
    at: serverPlace(server, 'tls', 'minProtocolVersion'),
    symptom: clientsOf(clientHosts(server.server), REFUSED_VERSION),
    remedy: `If such clients must be served:\n  ${patchGateway(server, 'add', ['tls', 'cipherSuites'], [...kept, ...legacy])}\nelse:\n  ${patchGateway(server, 'remove', ['tls', 'minProtocolVersion'])}`,
  };
}

/** mirrors: D20. */
function unknownCiphers(server: ServerRef, dropped: readonly string[], useless: boolean): Problem {
  const written = server.server.tls?.cipherSuites ?? [];
  const left = [...new Set(written.flatMap((c) => (isPassedCipher(c) ? [c] : (opensslName(c) ?? []))))].filter(
    isPassedCipher,
  );
  const others = written.some(isPassedCipher) ? '' : ', and with none left the default ciphers are used';
  const always = dropped.every(isTls13Suite) ? ' (TLS 1.3 is always on)' : '';
  const version = useless ? `; so minProtocolVersion ${server.server.tls?.minProtocolVersion} has no effect` : '';
  return {
    kind: 'problem',
    message: `istiod does not know ${enumerate(dropped)} in cipherSuites of ${serverText(server)} and drops ${dropped.length > 1 ? 'them' : 'it'} silently${others}${always}${version}`,
    at: serverPlace(server, 'tls', 'cipherSuites', written.indexOf(dropped[0]!)),
    symptom: clientsOf(
      clientHosts(server.server),
      useless ? REFUSED_VERSION : 'other ciphers are offered than configured',
    ),
    remedy:
      left.length > 0
        ? patchGateway(server, 'replace', ['tls', 'cipherSuites'], left)
        : patchGateway(server, 'remove', ['tls', 'cipherSuites']),
  };
}
