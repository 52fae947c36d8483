import { https, type Obj, obj, plain, redirect, tls } from './build.ts';
import { broken, type Case, near, shop } from './cases.ts';
import { edge, istioctl } from './sites.ts';

const host = 'shop.example.com';
const service = (name: string, ports: readonly Obj[], more: Obj = {}, meta: Obj = {}): Obj =>
  obj('Service', `istio-system/${name}`, { spec: { selector: istioctl.labels, ports, ...more } }, meta);

/** Rows 21, 32 to 35, 37, 38: what stands behind the gateway, and its ports. */
export const destinationsB3: readonly Case[] = [
  broken(
    'ambiguous-target-port',
    'two Services, two targets',
    'warning',
    'Service istio-system/istio-ingressgateway|Service istio-system/zz-internal',
    shop({ more: [service('zz-internal', [{ name: 'https', port: 443, targetPort: 9443 }])] }),
    { names: ['9443'] },
  ),
  near(
    'ambiguous-target-port',
    'two Services, same target',
    shop({
      more: [
        service('internal-lb', [
          { name: 'https', port: 443, targetPort: 8443 },
          { name: 'http', port: 80, targetPort: 8080 },
        ]),
      ],
    }),
  ),
  near(
    'ambiguous-target-port',
    'other pods',
    shop({
      more: [
        obj('Service', 'istio-system/other', {
          spec: { selector: { app: 'other' }, ports: [{ port: 443, targetPort: 9443 }] },
        }),
      ],
    }),
  ),
  broken(
    'port-not-exposed',
    'server on a port that no Service has',
    'warning',
    'Gateway shop/web',
    shop({
      servers: [redirect(host), https(host, 'shop-tls'), https('api.example.com', 'api-tls', {}, 9443)],
      vs: { hosts: [host, 'api.example.com'] },
      secrets: [tls('istio-system/shop-tls', host), tls('istio-system/api-tls', 'api.example.com')],
    }),
  ),
  near(
    'port-not-exposed',
    'container port written in the Gateway',
    shop({ servers: [redirect(host, 8080), https(host, 'shop-tls', {}, 8443)] }),
  ),
  near('port-not-exposed', 'named targetPort', shop({ site: edge })),
  near(
    'port-not-exposed',
    'host network',
    shop({
      site: edge,
      pods: {
        noService: true,
        pod: { hostNetwork: true, containers: [{ name: 'istio-proxy', image: 'x', args: ['proxy', 'router'] }] },
      },
    }),
  ),
  near('port-not-exposed', 'Service not in the input', shop({ pods: { noService: true } })),
  near('port-not-exposed', 'only internal, plain', shop({ servers: [plain(host), https(host, 'shop-tls')] })),
];
