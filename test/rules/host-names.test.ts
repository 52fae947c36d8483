import { expect, test } from 'vitest';
import { domainProblem, gatewayHostProblem } from '../../src/rules/facts/host-names.ts';

/** What istiod's validation of 1.30.3 says (J9, J12): a host of a Gateway, and one of a VirtualService. */
const table: readonly (readonly [host: string, gateway: boolean, virtualService: boolean])[] = [
  ['*', true, true],
  ['*.example.com', true, true],
  ['*.com', true, true],
  ['shop.example.com', true, true],
  ['Shop.Example.COM', true, true],
  ['shop.example.com.', true, true],
  ['xn--bcher-kva.example', true, true],
  ['1and1.com', true, true],
  ['192.0.2.10', true, false],
  ['shop', false, true],
  ['*-eu.example.com', false, true],
  ['*eu.example.com', false, true],
  ['shop.*.com', false, false],
  ['**.example.com', false, false],
  ['shop_eu.example.com', false, false],
  ['-shop.example.com', false, false],
  ['shop..example.com', false, false],
  ['shop.123', false, false],
  ['1.2.3.4.5', false, false],
  ['::1', false, false],
  ['[2001:db8::1]', false, false],
  ['https://shop.example.com', false, false],
  ['shop.example.com:443', false, false],
  ['shop.example.com/cart', false, false],
  ['', false, false],
  [`${'a'.repeat(64)}.example.com`, false, false],
  [`${'a.'.repeat(130)}com`, false, false],
];

test.each(table)('%j: good in a Gateway %s, as a name %s', (host, gateway, name) => {
  expect(gatewayHostProblem(host) === null).toBe(gateway);
  // Addresses are good hosts of a VirtualService too, but no names.
  expect(domainProblem(host) === null).toBe(name);
});
