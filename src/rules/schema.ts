import { parseProtocol } from '../istio/protocol.ts';
import { type ServerRef, serverPlace } from '../model/envoy-config.ts';
import { isSocketAddress } from '../model/ip-address.ts';
import type { Path } from '../model/location.ts';
import { type AnyResource, resourceText } from '../model/resource.ts';
import { isMisread } from './facts/misread.ts';
import { patchGateway, serversOf, serverText } from './facts/servers.ts';
import { defineRule, type Problem } from './rule.ts';

const refused = 'kubectl apply: the API server refuses the object, or drops the field where validation is not strict';

export default defineRule({
  id: 'schema',
  summary: 'A field has a wrong type or an unknown value, does not exist, or is missing',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const { resource, path, message, nearest, pasted } of view.schemaProblems) {
      if (pasted) {
        yield pastedKey(resource, path, message);
        continue;
      }
      yield {
        kind: 'problem',
        message: `${resourceText(resource.id)}: ${message}${nearest === null ? '' : `; did you mean ${nearest}?`}`,
        at: { resource, path, asWritten: true },
        symptom: refused,
        remedy:
          nearest === null
            ? `See what is known there: kubectl explain ${explained(resource.id.kind, path)}`
            : `Write ${nearest}.`,
      };
    }
    for (const server of serversOf(view.gateways)) {
      const found = isMisread(view, server) ? null : (portProblem(server) ?? bindProblem(server));
      if (!found) continue;
      const { message, path, value } = found;
      yield {
        kind: 'problem',
        message: `${serverText(server)} ${message}`,
        at: serverPlace(server, ...path),
        symptom: 'kubectl apply: the API server or the webhook of Istio refuses the object',
        remedy: patchGateway(server, 'add', path, value),
      };
    }
  },
});

/** A key or a certificate where the name of a Secret or a path belongs. */
const pastedKey = (resource: AnyResource, path: Path, message: string): Problem => ({
  kind: 'problem',
  message: `${resourceText(resource.id)}: ${message}, where the name of a Secret or the path of a file belongs`,
  at: { resource, path, asWritten: true },
  symptom: 'no certificate is found under such a name; and whoever can read the object has the key',
  remedy:
    'Put certificate and key into a Secret and write its name there:\n  kubectl -n NAMESPACE create secret tls NAME --cert=FILE --key=FILE\nA private key that stood here is known to others: replace it.',
});

/** `gateway.spec.servers.tls`: the parent of the place, as kubectl explain takes it. */
const explained = (kind: string, path: Path): string =>
  [kind.toLowerCase(), ...path.slice(0, -1).filter((p) => typeof p === 'string')].join('.');

/** What is wrong with a field of a server, and a value that would do. */
interface FieldProblem {
  readonly message: string;
  readonly path: Path;
  readonly value: unknown;
}

/** The first of the required fields of a port that is missing or out of range. mirrors: B2, C3, J2, J5. */
function portProblem({ server }: ServerRef): FieldProblem | null {
  const { port, bind } = server;
  if (!port) {
    const value = server.tls
      ? { number: 443, name: 'https', protocol: 'HTTPS' }
      : { number: 80, name: 'http', protocol: 'HTTP' };
    return { message: 'has no port: istiod leaves it out', path: ['port'], value };
  }
  const { number, protocol, name } = port;
  const usual = server.tls ? 443 : 80;
  if (number === undefined) return { message: 'has no port.number', path: ['port', 'number'], value: usual };
  const isSocket = bind?.startsWith('unix://') ?? false;
  if ((number < 1 && !isSocket) || number > 65535) {
    return {
      message: `has port number ${number}, which is none from 1 to 65535`,
      path: ['port', 'number'],
      value: usual,
    };
  }
  if (!protocol)
    return { message: 'has no port.protocol', path: ['port', 'protocol'], value: server.tls ? 'HTTPS' : 'HTTP' };
  if (parseProtocol(protocol) === 'UnsupportedProtocol') {
    const message = `has protocol ${protocol}, which Istio does not know: it becomes an opaque TCP port`;
    return { message, path: ['port', 'protocol'], value: server.tls ? 'HTTPS' : 'HTTP' };
  }
  return name
    ? null
    : { message: 'has no port.name', path: ['port', 'name'], value: `${protocol.toLowerCase()}-${number}` };
}

/** An address to bind to that the webhook refuses and Envoy as well. mirrors: A23, J6. */
function bindProblem({ server: { bind, port } }: ServerRef): FieldProblem | null {
  if (!bind) return null;
  const path = ['bind'];
  const refuses = 'the webhook refuses it, and Envoy rejects the listener';
  if (bind.startsWith('unix://')) {
    const message = `has bind ${bind}, a socket, which needs port number 0: ${refuses}`;
    return port?.number === 0 ? null : { message, path: ['port', 'number'], value: 0 };
  }
  return isSocketAddress(bind)
    ? null
    : { message: `has bind ${bind}, which is no IP address: ${refuses}`, path, value: '0.0.0.0' };
}
