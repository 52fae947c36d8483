import { serverPlace } from '../model/envoy-config.ts';
import { resourceText } from '../model/resource.ts';
import { judgeChain, namesIssuer } from '../x509/chain.ts';
import { readTrustFile } from '../x509/trust-file.ts';
import { clientCas } from './facts/authorities.ts';
import { isFromCertManager } from './facts/cert-manager.ts';
import { createSecret } from './facts/commands.ts';
import { keyPlace } from './facts/contents.ts';
import { candidatesOf } from './facts/leaves.ts';
import { groupBy } from './facts/live.ts';
import { serverText } from './facts/servers.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'client-ca-is-server-ca',
  summary: 'Client certificates are checked with the CA that cert-manager put beside the server certificate',
  severity: 'info',
  inputs: ['view', 'configs', 'now'],
  since: '0.1.0',
  *check({ view, configs, now }) {
    for (const { ca, uses, bundle } of clientCas(configs)) {
      const { from, caKey } = ca;
      // A CA under cacert, or in a Secret of its own, was put there on purpose.
      if (from.id.kind !== 'Secret' || caKey !== 'ca.crt' || !isFromCertManager(view, from)) continue;
      const authorities = readTrustFile(bundle).certificates;
      for (const [{ server, config }] of groupBy(uses, (use) => use.server)) {
        const own = candidatesOf(configs, config, server)?.find(({ pair }) => pair.from === from)?.chain;
        if (!own) continue;
        const last = own[judgeChain(own, now).path.at(-1)!]!;
        const isIssuer = authorities.some((one) => one.sha256 === last.sha256 || namesIssuer(last, one));
        // Public authorities give cert-manager no CA: somebody added this one, and it stays.
        if (!isIssuer && own[0].caIssuers.length > 0) continue;
        const which = isIssuer ? 'the CA that signed its own one' : 'the CA of its issuer';
        yield {
          kind: 'problem',
          message: `${serverText(server)} lets in whoever has a certificate of ${which}: cert-manager wrote that CA into ca.crt of ${resourceText(from.id)}`,
          at: serverPlace(server, 'tls', 'mode'),
          related: [{ at: keyPlace(from, caKey), message: 'the CA of the server certificate' }],
          symptom:
            'certificates issued for servers by that CA are accepted as client certificates too, others are refused',
          remedy: `If clients have a CA of their own, put it into a Secret that istiod prefers to ca.crt:\n  ${createSecret({ namespace: from.id.namespace, name: `${from.id.name}-cacert` }, 'ca')}`,
        };
      }
    }
  },
});
