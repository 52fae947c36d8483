import { serverPlace } from '../model/envoy-config.ts';
import { clientHosts, ignoredCertificateField, patchGateway, serversOf, serverText } from './facts/servers.ts';
import { clientsOf, RESET_OR_REFUSED } from './facts/symptoms.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'tls-mode-missing',
  summary: 'A server names a certificate but no TLS mode: that means PASSTHROUGH, and the certificate is ignored',
  severity: 'error',
  inputs: ['view', 'configs'],
  since: '0.1.0',
  *check({ view, configs }) {
    const chains = configs.flatMap((c) => c.listeners.flatMap((l) => l.chains));
    const passedThrough = new Set(chains.flatMap((chain) => chain.servers.map((s) => s.server)));
    for (const ref of serversOf(view.gateways)) {
      const field = ignoredCertificateField(ref);
      if (field === null) continue;
      yield {
        kind: 'problem',
        message: `${serverText(ref)} names a certificate (${field}) but no tls.mode: the default is PASSTHROUGH, so the certificate is ignored`,
        at: serverPlace(ref, 'tls'),
        symptom: clientsOf(
          clientHosts(ref.server),
          passedThrough.has(ref.server)
            ? 'TLS is passed through to the backend, whose certificate they get (or: wrong version number, when it has none)'
            : RESET_OR_REFUSED,
        ),
        remedy: patchGateway(ref, 'add', ['tls', 'mode'], 'SIMPLE'),
      };
    }
  },
});
