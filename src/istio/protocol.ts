import type { Server } from '../model/specs.ts';

const protocols = [
  'TCP',
  'UDP',
  'GRPC',
  'GRPC-Web',
  'HTTP',
  'HTTP_PROXY',
  'HTTP2',
  'HTTPS',
  'TLS',
  'Mongo',
  'Redis',
  'MySQL',
] as const;

/** Protocols of Gateway and Service ports as istiod knows them (C1). */
export type Protocol = (typeof protocols)[number] | 'UnsupportedProtocol';

/** By the usual spelling, which needs no other string, and in lower case. */
const words = new Map<string, Protocol>(
  protocols.flatMap((protocol) => [[protocol, protocol] as const, [protocol.toLowerCase(), protocol] as const]),
);

/** Parses a protocol word in any case; everything unknown is one value. mirrors: C1. */
export const parseProtocol = (word: string): Protocol =>
  words.get(word) ?? words.get(word.toLowerCase()) ?? 'UnsupportedProtocol';

const httpFamily = new Set<Protocol>(['HTTP', 'HTTP_PROXY', 'HTTP2', 'GRPC', 'GRPC-Web']);

/** HTTP without TLS: HTTP, HTTP_PROXY, HTTP2, GRPC, GRPC-Web. mirrors: C2. */
export const isHttpFamily = (protocol: Protocol): boolean => httpFamily.has(protocol);

const protocolOf = (server: Server): Protocol => parseProtocol(server.port?.protocol ?? '');

/** The server's TLS mode; a missing one is PASSTHROUGH, the enum's zero (C4). */
export const tlsMode = (server: Server): string => server.tls?.mode ?? 'PASSTHROUGH';

/** `tls` present on a protocol that is not plain HTTP. mirrors: C5 (IsTLSServer). */
export const isTlsServer = (server: Server): boolean => server.tls !== undefined && !isHttpFamily(protocolOf(server));

/** `tls` present with mode PASSTHROUGH or AUTO_PASSTHROUGH. mirrors: C5. */
export const isPassThroughServer = (server: Server): boolean =>
  server.tls !== undefined && (tlsMode(server) === 'PASSTHROUGH' || tlsMode(server) === 'AUTO_PASSTHROUGH');

/** HTTPS that the gateway terminates. mirrors: C5 (IsHTTPSServerWithTLSTermination). */
export const isHttpsTerminated = (server: Server): boolean =>
  server.tls !== undefined && protocolOf(server) === 'HTTPS' && !isPassThroughServer(server);

/** Served by an HTTP connection manager, or HTTPS without `tls` (C7). mirrors: C5 (IsHTTPServer). */
export const isHttpServer = (server: Server): boolean =>
  isHttpFamily(protocolOf(server)) || (protocolOf(server) === 'HTTPS' && !isPassThroughServer(server));

/** True when a plain HTTP chain serves it. */
export const isPlainHttpServer = (server: Server): boolean => isHttpFamily(protocolOf(server));
