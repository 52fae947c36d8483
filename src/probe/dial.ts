import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';

/** What one attempt offers. */
export interface Attempt {
  /** Where to connect: a name or an address. */
  readonly host: string;
  readonly port: number;
  /** null: plain text. */
  readonly tls: {
    /** '' sends no SNI. */
    readonly servername: string;
    readonly alpn: readonly string[];
    readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
    readonly cert: string | null;
    readonly key: string | null;
    readonly ca: string | null;
  } | null;
  /** One request to send when the connection stands, or null to send nothing. */
  readonly request: string | null;
  /** Milliseconds for everything. */
  readonly timeout: number;
}

/** The certificate that was shown. */
export interface ShownCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serial: string;
  readonly sha256: string;
  /** DER of the leaf. */
  readonly der: Uint8Array;
}

/** How an attempt ended. `code` is Node's; nothing of a private key is ever in it. */
export interface Dialled {
  readonly outcome:
    | 'connected'
    | 'refused'
    | 'reset'
    | 'closed'
    | 'timeout'
    | 'no-address'
    | 'alert'
    | 'plain-answer'
    | 'failed';
  readonly code: string;
  readonly address: string;
  readonly protocol: string;
  readonly alpn: string;
  readonly certificate: ShownCertificate | null;
  /** Why the chain is not trusted by the roots in use; '' when it is. */
  readonly trust: string;
  /** First line and Location of the answer, when a request was sent. */
  readonly status: number | null;
  readonly location: string;
}

/** A client certificate that is missing shows only after the handshake in TLS 1.3: wait this long for the alert. */
const SETTLE_MS = 300;
/** More of an answer is never needed than its head. */
const MOST_BYTES = 64 * 1024;

const codes: Readonly<Record<string, Dialled['outcome']>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ENOTFOUND: 'no-address',
  EAI_AGAIN: 'no-address',
  EHOSTUNREACH: 'no-address',
  ENETUNREACH: 'no-address',
  ETIMEDOUT: 'timeout',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-answer',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-answer',
};

function outcomeOf(code: string, message: string): Dialled['outcome'] {
  const known = codes[code];
  if (known) return known;
  if (/ALERT/.test(code)) return 'alert';
  return /socket disconnected|socket hang up/.test(message) ? 'closed' : 'failed';
}

function shown(peer: PeerCertificate): ShownCertificate | null {
  if (!peer?.raw) return null;
  const text = (name: PeerCertificate['subject'] | undefined) =>
    Object.entries(name ?? {})
      .map(([k, v]) => `${k}=${Array.isArray(v) ? v.join('+') : v}`)
      .join(', ');
  return {
    subject: text(peer.subject),
    issuer: text(peer.issuer),
    names: (peer.subjectaltname ?? '').split(', ').flatMap((n) => (n.startsWith('DNS:') ? [n.slice(4)] : [])),
    notBefore: new Date(peer.valid_from),
    notAfter: new Date(peer.valid_to),
    serial: peer.serialNumber.toLowerCase().replace(/^0+/, ''),
    sha256: peer.fingerprint256.replaceAll(':', '').toLowerCase(),
    der: peer.raw,
  };
}

/**
 * Makes one connection and says how it ended; never throws, never follows redirects, ends by itself within the
 * timeout. Chains are not refused while connecting, so that a bad certificate can be looked at; `trust` says what a
 * checking client would. With TLS 1.3 the connection is watched for a moment before it counts as standing
 * (symptoms.md 5: `secureConnect` proves nothing for MUTUAL).
 */
export function dial(attempt: Attempt): Promise<Dialled> {
  return new Promise((resolve) => {
    const { tls } = attempt;
    const socket: Socket | TLSSocket = tls
      ? connectTls({
          host: attempt.host,
          port: attempt.port,
          servername: tls.servername,
          ...(tls.alpn.length > 0 ? { ALPNProtocols: [...tls.alpn] } : {}),
          maxVersion: tls.maxVersion,
          rejectUnauthorized: false,
          ...(tls.cert === null ? {} : { cert: tls.cert }),
          ...(tls.key === null ? {} : { key: tls.key }),
          ...(tls.ca === null ? {} : { ca: tls.ca }),
        })
      : connectTcp({ host: attempt.host, port: attempt.port });
    const seen = { address: '', protocol: '', alpn: '', certificate: null as ShownCertificate | null, trust: '' };
    let head = '';
    let settle: NodeJS.Timeout | undefined;
    const end = (outcome: Dialled['outcome'], code: string) => {
      clearTimeout(deadline);
      clearTimeout(settle);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      resolve({ ...seen, outcome, code, ...headOf(head) });
    };
    const deadline = setTimeout(() => end('timeout', 'ETIMEDOUT'), attempt.timeout);
    const standing = () => {
      seen.address = socket.remoteAddress ?? '';
      if (attempt.request === null) settle = setTimeout(() => end('connected', ''), SETTLE_MS);
      else socket.write(attempt.request);
    };
    if (tls) {
      (socket as TLSSocket).once('secureConnect', () => {
        const secure = socket as TLSSocket;
        seen.protocol = secure.getProtocol() ?? '';
        seen.alpn = secure.alpnProtocol || '';
        seen.certificate = shown(secure.getPeerCertificate());
        seen.trust = secure.authorized ? '' : String(secure.authorizationError ?? '');
        standing();
      });
    } else socket.once('connect', standing);
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (attempt.request === null || head.includes('\r\n\r\n') || head.length > MOST_BYTES) end('connected', '');
    });
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(outcomeOf(error.code ?? '', error.message), error.code ?? ''),
    );
    socket.once('end', () => end(head !== '' ? 'connected' : 'closed', ''));
    socket.once('close', () => end(head !== '' ? 'connected' : 'closed', ''));
  });
}

function headOf(head: string): Pick<Dialled, 'status' | 'location'> {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  const location = /\r\nlocation: *([^\r\n]*)/i.exec(head)?.[1];
  return { status: status === undefined ? null : Number(status), location: location ?? '' };
}
