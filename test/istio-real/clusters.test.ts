import { describe, expect, it } from 'vitest';
import { parseText } from '../../src/sources/yaml.ts';
import { recordedRandom } from '../conformance/oracle.ts';
import { admissible } from './admissible.ts';
import { randomClusters } from './clusters.ts';
import { body, documentsOf } from './documents.ts';

const texts = recordedRandom()
  .slice(0, 40)
  .map(({ yaml }) => yaml);

describe('random clusters', () => {
  const clusters = randomClusters(40, 3, texts);

  it('are the same for the same seed, and others for another', () => {
    expect(randomClusters(40, 3, texts)).toEqual(clusters);
    expect(randomClusters(40, 4, texts).map(({ yaml }) => yaml)).not.toEqual(clusters.map(({ yaml }) => yaml));
  });

  it('do not depend on how many are made', () => {
    expect(randomClusters(5, 3, texts)).toEqual(clusters.slice(0, 5));
  });

  it('differ from the recorded ones, and can be read', () => {
    for (const { yaml } of clusters) expect(parseText(yaml, 'cluster.yaml').problems).toEqual([]);
    const known = new Set(texts.flatMap(documentsOf).map((document) => JSON.stringify(document['spec'])));
    const made = clusters.flatMap(({ yaml }) => documentsOf(yaml)).map((document) => JSON.stringify(document['spec']));
    expect(made.filter((spec) => !known.has(spec)).length).toBeGreaterThan(20);
  });
});

describe('what the API server would refuse is mended', () => {
  const specOf = (kind: string, spec: object) => body(admissible({ kind, spec })?.['spec']);

  it('ports of a Service', () => {
    const ports = [
      { name: 'a', port: 80 },
      { name: 'b', port: 80 },
      { name: 'a', port: 81 },
      { port: 82 },
      { name: 'c' },
      { name: 'd', port: 80, protocol: 'UDP' },
    ];
    expect(specOf('Service', { ports })['ports']).toEqual([
      { name: 'a', port: 80 },
      { port: 82, name: 'n2' },
      { name: 'd', port: 80, protocol: 'UDP' },
    ]);
    expect(specOf('Service', { ports: [{ port: 80 }] })['ports']).toEqual([{ port: 80 }]);
  });

  it('ports of a server', () => {
    const servers = [{ port: { number: 80 } }, { hosts: ['*'] }];
    expect(specOf('Gateway', { servers })['servers']).toEqual([
      { port: { number: 80, protocol: 'HTTPS', name: 'https' } },
      { hosts: ['*'] },
    ]);
  });

  it('routes without destination, and matches of a text in two ways', () => {
    const http = [
      { match: [{ uri: { exact: '/a', prefix: '/' } }], route: [{ weight: 1 }, { destination: { host: 'a' } }] },
    ];
    expect(specOf('VirtualService', { http })).toEqual({
      http: [{ match: [{ uri: { exact: '/a' } }], route: [{ destination: { host: 'a' } }] }],
    });
  });

  it('containers of one name, and a mesh configuration that is no mapping', () => {
    const containers = [{ name: 'istio-proxy' }, { name: 'istio-proxy' }, { name: 'app' }];
    const spec = specOf('Deployment', { template: { spec: { containers } } });
    expect(body(body(spec['template'])['spec'])['containers']).toEqual([{ name: 'istio-proxy' }, { name: 'app' }]);
    expect(admissible({ kind: 'ConfigMap', data: { mesh: 'text' } })).toBeNull();
    expect(admissible({ kind: 'ConfigMap', data: { mesh: 'a: [' } })).toBeNull();
    expect(admissible({ kind: 'ConfigMap', data: { mesh: 'a: 1' } })).not.toBeNull();
  });
});
