import * as Flags from '@oclif/core/flags';
import { UsageError } from './errors.ts';
import { parseResolve, type Resolve } from './resolve.ts';

/** What a traced request looks like; named as curl names it. */
export const traceFlags = {
  workload: Flags.string({
    helpValue: 'WORKLOAD',
    description: "Gateway in istioctl's form, [<type>/]<name>[.<namespace>]",
  }),
  calls: Flags.string({
    helpValue: 'FILE',
    description:
      'Trace every request of this file (YAML, or one JSON object per line) and check what is expected of it',
  }),
  request: Flags.string({ char: 'X', helpValue: 'METHOD', description: 'HTTP method (GET where none is given)' }),
  header: Flags.string({
    char: 'H',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'HEADER',
    description: 'Request header, "name: value"; Host replaces that of the URL',
  }),
  sni: Flags.string({ helpValue: 'NAME', description: 'Name in the TLS handshake instead of the URL\'s; "" for none' }),
  cert: Flags.string({
    helpValue: 'AUTHORITY',
    description: 'A client certificate is shown: trusted (signed by the CA of the gateway), mesh, or foreign',
  }),
  cacert: Flags.string({
    helpValue: 'FILE',
    description: 'Judge whether a client that trusts only the authorities of this PEM file takes the certificate',
  }),
  resolve: Flags.custom<Resolve>({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'HOST:PORT:ADDRESS',
    description: 'Connect to this address for that host and port; it tells which Service, and with it which gateway',
    parse: async (text) => parseResolve(text),
  })(),
  port: Flags.custom<number>({
    helpValue: 'PORT',
    description: "The listener's port in the pod, instead of finding it through the Service",
    parse: async (text) => {
      if (!/^\d+$/.test(text) || Number(text) > 65535) {
        throw new UsageError(`--port wants a number, not ${JSON.stringify(text)}`);
      }
      return Number(text);
    },
  })(),
  'http1.1': Flags.boolean({ description: 'Offer only HTTP/1.1' }),
  http2: Flags.boolean({ description: 'Offer HTTP/2 (the default)', exclusive: ['http1.1'] }),
  'tls-max': Flags.option({
    options: ['1.0', '1.1', '1.2', '1.3'] as const,
    helpValue: '1.0|1.1|1.2|1.3',
    description: 'Highest TLS version the client offers',
  })(),
};
