import { expect, test } from 'vitest';
import { objectOf } from '../../src/sources/cluster-objects.ts';

test('of the status of a Service only the addresses of its load balancer are kept', () => {
  const loadBalancer = { ingress: [{ ip: '203.0.113.7' }] };
  const item = { metadata: { name: 'gw' }, spec: {}, status: { loadBalancer, conditions: [{ type: 'x' }] } };
  expect(objectOf(item, 'v1', 'Service')['status']).toEqual({ loadBalancer });
  expect(objectOf(item, 'apps/v1', 'Deployment')['status']).toBeUndefined();
});
