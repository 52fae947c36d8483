import { expect, test } from 'vitest';
import { predict } from '../conformance/predict.ts';

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: gw, namespace: istio-system, labels: {istio: ingressgateway}}
spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}
`;

const gateway = (name: string, version = 'networking.istio.io/v1'): string => `
apiVersion: ${version}
kind: Gateway
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [${name}.example.com]}]
`;

const virtualService = (gateways: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vs, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  gateways: [${gateways}]
  http: [{delegate: {name: gone}}]
`;

test.each([
  ['one Gateway', 'a', [gateway('a')], 0],
  ['one Gateway, named twice', 'a, shop/a', [gateway('a')], 0],
  ['two Gateways', 'a, b', [gateway('a'), gateway('b')], 0],
  ['a Gateway that stands there in two versions', 'a', [gateway('a'), gateway('a', 'v1')], 0],
  ['another Gateway', 'c', [gateway('a')], 1],
])(
  'a VirtualService that names %s is counted once, and its own drops are told once',
  (_name, names, gateways, notForUs) => {
    const [config] = predict([POD, ...gateways, virtualService(names)].join('---'));
    const delegates = config!.drops.filter((drop) => drop.reason === 'delegate-not-found');
    expect([delegates.length, config!.notForUs.virtualServices]).toEqual([1 - notForUs, notForUs]);
  },
);
