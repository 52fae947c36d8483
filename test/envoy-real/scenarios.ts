import { makeCa, makeLeaf } from '../../src/pages/certificates.ts';

/** One run of `kubectl tlsgw probe` against the real Envoy. */
export interface Scenario {
  readonly title: string;
  /** A case of test/oracle/cases, whose configuration Envoy has. */
  readonly pod: string;
  /** Where Envoy listens in that pod; null: where nobody listens. */
  readonly listener: number | null;
  readonly url: string;
  readonly args?: readonly string[];
  /** The client certificate that is shown, of authorities.ts. */
  readonly client?: string;
  /** What the prediction is made of, when it is not what Envoy has. */
  readonly believed?: (yaml: string) => string;
  /** 'agrees', or what probe must say usually explains the difference. */
  readonly says: 'agrees' | RegExp;
}

/** A certificate as a renewal would make it. */
function renewed(): string {
  const leaf = makeLeaf({
    ca: makeCa({ cn: 'renewal' }),
    cn: 'helloworld.example.com',
    sans: ['helloworld.example.com'],
  });
  const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64');
  return `data: {tls.crt: ${base64(leaf.pem)}, tls.key: ${base64(leaf.key())}}`;
}

/** A Secret of this name, in the namespace of the gateway pods. */
const secret = (name: string, data: string): string =>
  `\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: istio-system}\n${data}\n`;

const hello = 'https://helloworld.example.com/hello';

/** Where reality is as predicted. */
const agreeing: readonly Scenario[] = [
  { title: 'SIMPLE', pod: 'tutorial-sni', listener: 8443, url: hello },
  { title: 'SIMPLE, one request', pod: 'tutorial-sni', listener: 8443, url: hello, args: ['--http'] },
  {
    title: 'no route',
    pod: 'tutorial-sni',
    listener: 8443,
    url: 'https://helloworld.example.com/no',
    args: ['--http'],
  },
  { title: 'SNI without chain', pod: 'tutorial-sni', listener: 8443, url: 'https://nobody.example.com/' },
  { title: 'no SNI', pod: 'tutorial-sni', listener: 8443, url: hello, args: ['--sni', ''] },
  { title: 'plain HTTP', pod: 'tutorial-sni', listener: 8080, url: 'http://httpbin.example.com/' },
  { title: 'TLS to plain HTTP', pod: 'tutorial-sni', listener: 8080, url: 'https://httpbin.example.com:80/' },
  { title: 'plain HTTP to TLS', pod: 'tutorial-sni', listener: 8443, url: 'http://httpbin.example.com:443/' },
  { title: 'MUTUAL, no certificate', pod: 'tutorial-mutual', listener: 8443, url: 'https://httpbin.example.com/' },
  {
    title: 'MUTUAL, good certificate',
    pod: 'tutorial-mutual',
    listener: 8443,
    url: 'https://httpbin.example.com/',
    client: 'root',
    args: ['--http'],
  },
  { title: 'PASSTHROUGH', pod: 'tutorial-passthrough', listener: 8443, url: 'https://httpbin.example.com/' },
  { title: 'missing Secret', pod: 'i14-missing-secret', listener: 8443, url: 'https://shop.example.com/' },
  { title: 'redirect', pod: 'f07-redirect-hosts-collapse', listener: 8080, url: 'http://b.com/x?y=1' },
].map((scenario) => ({ ...scenario, says: 'agrees' as const }));

/** Where what was read is not what Envoy has. */
const differing: readonly Scenario[] = [
  {
    title: 'an older listener: the host was renamed',
    pod: 'tutorial-sni',
    listener: 8443,
    url: hello,
    believed: (yaml) => yaml.replaceAll('helloworld.example.com', 'hello.example.com'),
    says: /an older listener that Envoy kept/,
  },
  {
    title: 'an older listener: the host is new',
    pod: 'tutorial-sni',
    listener: 8443,
    url: 'https://hello.example.com/hello',
    believed: (yaml) => yaml.replaceAll('helloworld.example.com', 'hello.example.com'),
    says: /has an older listener/,
  },
  {
    title: 'an old certificate is kept',
    pod: 'tutorial-sni',
    listener: 8443,
    url: hello,
    believed: (yaml) => yaml + secret('helloworld-secret', renewed()),
    says: /the certificate shown \(serial \w+\) is not the one of the Secret \(serial \w+\)/,
  },
  {
    title: 'the Secret is not delivered yet',
    pod: 'i14-missing-secret',
    listener: 8443,
    url: 'https://shop.example.com/',
    believed: (yaml) => yaml + secret('nowhere', renewed()),
    says: /its Secret is still warming/,
  },
  {
    title: 'the route answers otherwise',
    pod: 'f07-redirect-hosts-collapse',
    listener: 8080,
    url: 'http://b.com/',
    believed: (yaml) => yaml.replace('tls: {httpsRedirect: true}', ''),
    says: /the configuration in the cluster is not the one that was read/,
  },
  {
    title: 'a client certificate that nobody trusts',
    pod: 'tutorial-mutual',
    listener: 8443,
    url: 'https://httpbin.example.com/',
    client: 'foreign',
    says: /client certificate/,
  },
  { title: 'nobody listens', pod: 'tutorial-sni', listener: null, url: hello, says: /Envoy refused the listener/ },
];

export const scenarios: readonly Scenario[] = [...agreeing, ...differing];
