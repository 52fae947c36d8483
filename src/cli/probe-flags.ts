import * as Flags from '@oclif/core/flags';
import { UsageError } from './errors.ts';

/** What a probe offers; named as curl names it. */
export const probeFlags = {
  all: Flags.boolean({ description: 'Probe every host of the Gateways in scope; they are listed first' }),
  'connect-to': Flags.string({ helpValue: 'HOST:PORT', description: 'Connect there instead of where the name leads' }),
  sni: Flags.string({ helpValue: 'NAME', description: 'Name in the TLS handshake instead of the URL\'s; "" for none' }),
  http: Flags.boolean({ description: 'Send one GET request and look at the status' }),
  cert: Flags.string({ helpValue: 'FILE', description: 'Client certificate (PEM)' }),
  key: Flags.string({ helpValue: 'FILE', description: 'Private key of the client certificate (PEM)' }),
  cacert: Flags.string({ helpValue: 'FILE', description: "Authority to trust instead of the system's (PEM)" }),
  timeout: Flags.custom<number>({
    helpValue: 'SECONDS',
    description: 'Time for each connection (default 5)',
    parse: async (text) => {
      const seconds = Number(text.replace(/s$/, ''));
      if (!(seconds > 0 && seconds <= 60)) throw new UsageError('--timeout wants 1 to 60 seconds', '--timeout 5');
      return seconds * 1000;
    },
  })(),
};
