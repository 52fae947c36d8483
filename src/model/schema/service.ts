import { coreObject } from './roots.ts';
import { integer, integerOrText, list, open, text, textMap, texts } from './shape.ts';

/** The part of a Service that is read. */
export const service = coreObject({
  spec: open({
    type: text,
    selector: textMap,
    ports: list(
      open({
        name: text,
        protocol: text,
        port: integer,
        targetPort: integerOrText,
        appProtocol: text,
        nodePort: integer,
      }),
    ),
    externalName: text,
    clusterIP: text,
    clusterIPs: texts,
    externalIPs: texts,
    loadBalancerIP: text,
  }),
});
