import { splitServerHost } from '../../istio/hosts.ts';
import { isHttpFamily, parseProtocol } from '../../istio/protocol.ts';
import type { Gateway } from '../../model/cluster-view.ts';
import { type ServerRef, serverPlace } from '../../model/envoy-config.ts';
import type { Path } from '../../model/location.ts';
import { oncePer } from '../../model/once.ts';
import { keyOf, type Place, resourceText } from '../../model/resource.ts';
import type { Server } from '../../model/specs.ts';
import { writtenPath } from '../../model/written-path.ts';
import { patchObject } from './commands.ts';

/** The server's hosts as clients name them: without the namespace part. */
export function clientHosts(server: Server): string[] {
  const names = (server.hosts ?? []).map((host) => splitServerHost(host).host);
  return names.length > 1 ? [...new Set(names)] : names;
}

/** Its position as a reader counts it. */
export const writtenIndex = ({ gateway, index }: ServerRef): number =>
  Number(writtenPath(gateway, ['spec', 'servers', index])[2]);

/** `server "https" of Gateway test/shop`, or with its position where the port has no name. */
export function serverText(ref: ServerRef): string {
  const name = ref.server.port?.name;
  return `server ${name ? `"${name}"` : writtenIndex(ref)} of ${resourceText(ref.gateway.id)}`;
}

/** As serverText, shorter beside another server of the same Gateway. */
export function serverTextBeside(ref: ServerRef, other: ServerRef): string {
  if (!sameGateway(ref, other)) return serverText(ref);
  const name = ref.server.port?.name;
  return `server ${name && name !== other.server.port?.name ? `"${name}"` : writtenIndex(ref)} of the same Gateway`;
}

export const sameGateway = (a: ServerRef, b: ServerRef): boolean => keyOf(a.gateway.id) === keyOf(b.gateway.id);

export const sameServer = (a: ServerRef, b: ServerRef): boolean => sameGateway(a, b) && a.index === b.index;

/** `HTTPS on port 443`, with what TLS does there. */
export function portText(ref: ServerRef): string {
  const { port, tls } = ref.server;
  const mode = tls?.mode ? ` ${tls.mode}` : '';
  return `${port?.protocol ?? 'no protocol'}${mode} on port ${port?.number ?? '(none)'}`;
}

export const isHttpFamilyServer = (server: Server): boolean => isHttpFamily(parseProtocol(server.port?.protocol ?? ''));

const certificateFields = ['credentialName', 'credentialNames', 'serverCertificate', 'tlsCertificates'] as const;

/** The first certificate field of a server whose `tls` has no mode: it means PASSTHROUGH and is ignored (C4). */
export function ignoredCertificateField(ref: ServerRef): (typeof certificateFields)[number] | null {
  const { tls } = ref.server;
  if (!tls || tls.mode !== undefined || isHttpFamilyServer(ref.server)) return null;
  if (hasUnreadableMode(ref)) return null;
  return certificateFields.find((field) => (tls[field]?.length ?? 0) > 0) ?? null;
}

/** A mode of a wrong type, or an unknown one, was removed while decoding: rule schema reports it, and nothing follows from it. */
export const hasUnreadableMode = (ref: ServerRef): boolean =>
  ref.server.tls?.mode === undefined && writtenTls(ref)?.mode !== undefined;

function writtenTls(ref: ServerRef): Readonly<Record<string, unknown>> | undefined {
  const spec = ref.gateway.body.spec as { readonly servers?: readonly unknown[] } | undefined;
  const server = spec?.servers?.[ref.index] as { readonly tls?: Readonly<Record<string, unknown>> } | undefined;
  return server?.tls;
}

/** The servers of a Gateway. */
export const serversOfGateway = (gateway: Gateway): ServerRef[] =>
  (gateway.spec.servers ?? []).map((server, index) => ({ gateway, index, server }));

/** Every server of every Gateway. */
export const serversOf = oncePer((gateways: readonly Gateway[]): readonly ServerRef[] =>
  gateways.flatMap(serversOfGateway),
);

/** `port 443`; a server without a number has port 0 for istiod. */
export const writtenPort = ({ server }: ServerRef): string => `port ${server.port?.number ?? 0}`;

/** `port 443`, and the port of the pods where a Service leads to another one (A18). */
export function portOf(ref: ServerRef, podPort: number): string {
  const { number } = ref.server.port ?? {};
  return number === undefined || number === podPort ? `port ${podPort}` : `port ${number} (${podPort} of the pods)`;
}

/** The port that two servers share: by its number in the Gateways, or where these differ by that of the pods. */
export const portBeside = (ref: ServerRef, other: ServerRef, podPort: number): string =>
  ref.server.port?.number !== undefined && ref.server.port.number === other.server.port?.number
    ? `port ${ref.server.port.number}`
    : `port ${podPort} of the pods`;

/** Places of servers, as related places that all say the same. */
export const relatedServers = (
  refs: readonly ServerRef[],
  message: string,
  ...path: Path
): { readonly at: Place; readonly message: string }[] =>
  refs.map((ref) => ({ at: serverPlace(ref, ...path), message: `${serverText(ref)} ${message}` }));

/** A JSON patch of one server of a Gateway, to be pasted. */
export const patchGateway = (ref: ServerRef, op: 'add' | 'replace' | 'remove', path: Path, value?: unknown): string =>
  patchObject(ref.gateway, op, ['spec', 'servers', ref.index, ...path], value);
