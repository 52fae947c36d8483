import { isRefusedCurve, isTls13Suite, opensslName, refusedCiphers } from '../envoy/tls-names.ts';
import { passedCiphers } from '../istio/tls-context.ts';
import type { ClusterView } from '../model/cluster-view.ts';
import { groupBy, terminatingServers } from './facts/live.ts';
import { editMesh, meshPlace } from './facts/mesh.ts';
import { clientHosts, relatedServers } from './facts/servers.ts';
import { clientsOf, enumerate, RESET } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'mesh-tls-parameter-unknown',
  summary: 'tlsDefaults of the mesh name a cipher suite or curve that Envoy refuses, and every gateway server with it',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const mesh = meshPlace(view);
    const ciphers = refusedCiphers(view.mesh.tlsDefaults.cipherSuites ?? []);
    const curves = (view.mesh.tlsDefaults.ecdhCurves ?? []).filter(isRefusedCurve);
    if (!mesh || ciphers.length + curves.length === 0) return;
    const hurt = groupBy(terminatingServers(configs), (live) => live.server.server)
      .map(([{ server }]) => server)
      // A server's own suites, as far as istiod lets them through, replace those of the mesh (D19); curves nothing replaces.
      .filter(({ server }) => curves.length > 0 || passedCiphers(server.tls?.cipherSuites ?? []).length === 0);
    if (hurt.length === 0) return;
    yield {
      kind: 'problem',
      message: `tlsDefaults of the mesh name ${enumerate([...ciphers, ...curves])}, which Envoy does not know: it refuses every server that takes the defaults`,
      at: mesh,
      related: relatedServers(hurt.slice(0, 20), 'takes the defaults of the mesh', 'tls'),
      symptom: `${clientsOf(
        hurt.flatMap((s) => clientHosts(s.server)),
        RESET,
      )}; changes of their ports are rejected`,
      remedy: remedyOf(view),
    };
  },
});

function remedyOf(view: ClusterView): string {
  const { cipherSuites, ecdhCurves } = view.mesh.tlsDefaults;
  const good = [
    ...new Set((cipherSuites ?? []).flatMap((c) => (refusedCiphers([c]).length === 0 ? [c] : (opensslName(c) ?? [])))),
  ];
  const curves = (ecdhCurves ?? []).filter((c) => !isRefusedCurve(c));
  const always = (cipherSuites ?? []).some(isTls13Suite)
    ? '\n  (suites of TLS 1.3 are always on and cannot be listed)'
    : '';
  const lines = [
    ...(good.length > 0 ? [`    cipherSuites: [${good.join(', ')}]`] : []),
    ...(curves.length > 0 ? [`    ecdhCurves: [${curves.join(', ')}]`] : []),
  ];
  const left =
    lines.length > 0
      ? `Keep what Envoy knows:\n  ${editMesh(view)}\n  tlsDefaults:\n${lines.join('\n')}`
      : `Remove them:\n  ${editMesh(view)}`;
  return left + always;
}
