import { istioObject } from './roots.ts';
import { boolean, duration, integer, list, map, number, object, oneOf, text, textMap, texts } from './shape.ts';

const stringMatch = object({ exact: text, prefix: text, regex: text });
const percentage = object({ value: number });
const destination = object({ host: text, subset: text, port: object({ number: integer }) });

const headerOperations = object({ set: textMap, add: textMap, remove: texts });
const headers = object({ request: headerOperations, response: headerOperations });

const httpMatch = object({
  name: text,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: map(stringMatch),
  withoutHeaders: map(stringMatch),
  queryParams: map(stringMatch),
  port: integer,
  sourceLabels: textMap,
  sourceNamespace: text,
  gateways: texts,
  ignoreUriCase: boolean,
  statPrefix: text,
});

const redirect = object({
  uri: text,
  authority: text,
  port: integer,
  derivePort: oneOf('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'),
  scheme: text,
  redirectCode: integer,
  // Not in 1.29; later versions have it.
  prefixRewrite: text,
});

const fault = object({
  delay: object({ fixedDelay: duration, exponentialDelay: duration, percent: integer, percentage }),
  abort: object({ httpStatus: integer, grpcStatus: text, http2Error: text, percentage }),
});

const corsPolicy = object({
  allowOrigin: texts,
  allowOrigins: list(stringMatch),
  allowMethods: texts,
  allowHeaders: texts,
  exposeHeaders: texts,
  maxAge: duration,
  allowCredentials: boolean,
  unmatchedPreflights: oneOf('UNSPECIFIED', 'FORWARD', 'IGNORE'),
});

const httpRoute = object({
  name: text,
  match: list(httpMatch),
  route: list(object({ destination, weight: integer, headers })),
  redirect,
  directResponse: object({ status: integer, body: object({ string: text, bytes: text }) }),
  delegate: object({ name: text, namespace: text }),
  rewrite: object({ uri: text, authority: text, uriRegexRewrite: object({ match: text, rewrite: text }) }),
  timeout: duration,
  retries: object({
    attempts: integer,
    perTryTimeout: duration,
    retryOn: text,
    retryRemoteLocalities: boolean,
    retryIgnorePreviousHosts: boolean,
    backoff: duration,
  }),
  fault,
  mirror: destination,
  mirrors: list(object({ destination, percentage })),
  mirrorPercent: integer,
  // The API has both spellings of this one field.
  mirror_percent: integer,
  mirrorPercentage: percentage,
  corsPolicy,
  headers,
});

const l4Match = {
  destinationSubnets: texts,
  port: integer,
  sourceLabels: textMap,
  sourceNamespace: text,
  gateways: texts,
};
const l4Route = list(object({ destination, weight: integer }));

/** networking.istio.io VirtualService. */
export const virtualService = istioObject(
  object({
    hosts: texts,
    gateways: texts,
    http: list(httpRoute),
    tls: list(object({ match: list(object({ ...l4Match, sniHosts: texts })), route: l4Route })),
    tcp: list(object({ match: list(object({ ...l4Match, sourceSubnet: text })), route: l4Route })),
    exportTo: texts,
  }),
);
