/** A pod that runs a gateway, as YAML. */
export const gatewayPod = (namespace = 'istio-system', labels = '{istio: ingressgateway}'): string => `
apiVersion: v1
kind: Pod
metadata: {name: gw, namespace: ${namespace}, labels: ${labels}}
spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}
`;

export interface ServerText {
  readonly host: string;
  readonly credential?: string;
  readonly port?: number;
  readonly portName?: string;
}

/** A server that ends TLS, as YAML. */
export const tlsServer = ({ host, credential = 'c', port = 443, portName = 'p' }: ServerText): string =>
  `{port: {number: ${port}, name: ${portName}, protocol: HTTPS}, hosts: [${host}], tls: {mode: SIMPLE, credentialName: ${credential}}}`;

/** A Gateway with these servers, as YAML. */
export const gatewayOf = (
  { name = 'g', namespace = 'istio-system', selector = '{istio: ingressgateway}' },
  ...servers: readonly string[]
): string => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: ${selector}
  servers: [${servers.join(', ')}]
`;

/** Documents as one file. */
export const yamlOf = (...documents: readonly string[]): string => documents.join('---');
