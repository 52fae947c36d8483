import { afterEach, describe, expect, it } from 'vitest';
import { dumpOfPod } from '../../src/sources/pod-dump.ts';
import { selfSigned } from './certificates.ts';
import { accessTo, clusterOfCase, connection } from './cluster.ts';
import { type FakeApi, type FakeOptions, fakeApi } from './fake-api.ts';
import { forwardPorts } from './fake-kubelet.ts';

const tls = selfSigned('localhost', 'DNS:localhost,IP:127.0.0.1');
const open: FakeApi[] = [];
const serve = async (options: FakeOptions = {}): Promise<FakeApi> => {
  const api = await fakeApi(clusterOfCase('tutorial-all-three-at-once'), options);
  open.push(api);
  return api;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const labels = { istio: 'ingressgateway' };
const dump = JSON.stringify({ configs: [{ '@type': 'x.ListenersConfigDump' }], filler: 'x'.repeat(200_000) });

describe('the config_dump of a pod', () => {
  it.each(['https', 'http'])('comes through the API server over %s', async (scheme) => {
    const api = await serve(scheme === 'https' ? { tls } : {});
    const forwarded = forwardPorts(api.server, dump);
    const access = accessTo(api.url, { ca: Buffer.from(tls.cert) });
    const { pod, text } = await dumpOfPod('istio-system', labels, access, connection());
    expect(pod).toMatch(/^istio-ingressgateway-/);
    expect(text).toBe(dump);
    expect(forwarded.asked).toEqual(['GET /config_dump HTTP/1.1']);
    const [upgrade] = forwarded.upgrades;
    expect(upgrade?.url).toBe(`/api/v1/namespaces/istio-system/pods/${pod}/portforward?ports=15000`);
    expect(upgrade?.headers.authorization).toBe('Bearer the-token');
  });

  it('is asked for as the impersonated user', async () => {
    const api = await serve();
    const forwarded = forwardPorts(api.server, dump);
    const own = accessTo('').credentials;
    const impersonate = [
      ['Impersonate-User', 'anna'],
      ['Impersonate-Group', 'dev'],
    ] as const;
    await dumpOfPod('istio-system', labels, accessTo(api.url, { credentials: { ...own, impersonate } }), connection());
    expect(forwarded.upgrades[0]?.headers).toMatchObject({ 'impersonate-user': 'anna', 'impersonate-group': 'dev' });
  });

  it('does not come when nothing listens there', async () => {
    const api = await serve();
    forwardPorts(api.server, 'error:failed to connect to localhost:15000');
    await expect(dumpOfPod('istio-system', labels, accessTo(api.url), connection())).rejects.toThrow(
      /^port 15000 of pod istio-system\/\S+ cannot be reached: failed to connect to localhost:15000$/,
    );
  });

  it('does not come when the port-forward is refused', async () => {
    const api = await serve();
    await expect(dumpOfPod('istio-system', labels, accessTo(api.url), connection())).rejects.toThrow(
      'cannot be reached',
    );
  });

  it('does not come from pods that do not run', async () => {
    const api = await serve();
    await expect(dumpOfPod('istio-system', { app: 'none' }, accessTo(api.url), connection())).rejects.toThrow(
      'no pod with the labels app=none runs in istio-system',
    );
  });
});
