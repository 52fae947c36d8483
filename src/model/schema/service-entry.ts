import { istioObject } from './roots.ts';
import { integer, list, map, object, oneOf, text, textMap, texts } from './shape.ts';

/** networking.istio.io ServiceEntry. */
export const serviceEntry = istioObject(
  object({
    hosts: texts,
    addresses: texts,
    ports: list(object({ number: integer, protocol: text, name: text, targetPort: integer })),
    location: oneOf('MESH_EXTERNAL', 'MESH_INTERNAL'),
    resolution: oneOf('NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'),
    endpoints: list(
      object({
        address: text,
        ports: map(integer),
        labels: textMap,
        network: text,
        locality: text,
        weight: integer,
        serviceAccount: text,
      }),
    ),
    workloadSelector: object({ labels: textMap }),
    exportTo: texts,
    subjectAltNames: texts,
  }),
);
