import { istioObject } from './roots.ts';
import { boolean, integer, keyName, list, object, oneOf, text, textMap, texts } from './shape.ts';

const tlsVersion = oneOf('TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3');

const tls = object({
  httpsRedirect: boolean,
  mode: oneOf('PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'),
  serverCertificate: keyName,
  privateKey: keyName,
  caCertificates: keyName,
  caCrl: keyName,
  credentialName: keyName,
  credentialNames: list(keyName),
  caCertCredentialName: keyName,
  tlsCertificates: list(object({ serverCertificate: keyName, privateKey: keyName, caCertificates: keyName })),
  subjectAltNames: texts,
  verifyCertificateSpki: texts,
  verifyCertificateHash: texts,
  minProtocolVersion: tlsVersion,
  maxProtocolVersion: tlsVersion,
  cipherSuites: texts,
  // Not in 1.29; later versions have them.
  insecureSkipVerify: boolean,
  ecdhCurves: texts,
  alpnProtocols: texts,
});

/** networking.istio.io Gateway. */
export const gateway = istioObject(
  object({
    selector: textMap,
    servers: list(
      object({
        name: text,
        port: object({ number: integer, protocol: text, name: text, targetPort: integer }),
        bind: text,
        hosts: texts,
        tls,
        defaultEndpoint: text,
      }),
    ),
  }),
);
