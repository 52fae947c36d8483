import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/sources/api-connection.ts';
import { ApiError } from '../../src/sources/api-errors.ts';
import { listAll } from '../../src/sources/api-lists.ts';
import { accessTo, connection, folder } from './cluster.ts';
import { nock } from './nock.ts';

const server = 'https://api.test:6443';
const api = () => nock(server);
const nameOf = (item: Readonly<Record<string, unknown>>) => (item['metadata'] as { name: string }).name;
const page = (names: readonly string[], next = '') => ({
  kind: 'GatewayList',
  metadata: { continue: next },
  items: names.map((name) => ({ metadata: { name } })),
});
const status = (code: number, reason: string, message = reason) => ({ kind: 'Status', code, reason, message });
const path = '/apis/networking.istio.io/v1/gateways';

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

const list = () => listAll(connect(accessTo(server), connection()), path, nameOf);
const get = (more: Parameters<typeof accessTo>[1] = {}, options: Parameters<typeof connection>[0] = {}) =>
  connect(accessTo(server, more), connection(options)).json('/version');

describe('lists', () => {
  it('are read page by page', async () => {
    api()
      .get(`${path}?limit=500`)
      .reply(200, page(['a'], 'x y'));
    api()
      .get(`${path}?limit=500&continue=x%20y`)
      .reply(200, page(['b'], 'z'));
    api()
      .get(`${path}?limit=500&continue=z`)
      .reply(200, page(['c']));
    expect(await list()).toEqual(['a', 'b', 'c']);
  });

  it('begin again when the continuation has expired in the middle', async () => {
    api()
      .get(`${path}?limit=500`)
      .reply(200, page(['old'], 't1'));
    api().get(`${path}?limit=500&continue=t1`).reply(410, status(410, 'Expired'));
    api()
      .get(`${path}?limit=500`)
      .reply(200, page(['a'], 't2'));
    api()
      .get(`${path}?limit=500&continue=t2`)
      .reply(200, page(['b']));
    expect(await list()).toEqual(['a', 'b']);
  });

  it('are read in one piece when it expires again and again', async () => {
    api()
      .get(`${path}?limit=500`)
      .times(3)
      .reply(200, page(['old'], 't'));
    api().get(`${path}?limit=500&continue=t`).times(3).reply(410, status(410, 'Expired'));
    api()
      .get(`${path}?`)
      .reply(200, page(['a', 'b']));
    expect(await list()).toEqual(['a', 'b']);
  });

  it('without items are empty', async () => {
    api().get(`${path}?limit=500`).reply(200, { kind: 'GatewayList', items: null });
    expect(await list()).toEqual([]);
  });
});

describe('a busy or broken server', () => {
  it('is asked again after the time it names', async () => {
    api().get('/version').reply(429, status(429, 'TooManyRequests'), { 'retry-after': '1' });
    api().get('/version').reply(200, { ok: true });
    const started = Date.now();
    expect(await get()).toEqual({ ok: true });
    expect(Date.now() - started).toBeGreaterThan(900);
  });

  it.each([500, 502, 503, 504])('%i is asked again', async (code) => {
    api().get('/version').times(2).reply(code, 'nothing');
    api().get('/version').reply(200, { ok: true });
    expect(await get()).toEqual({ ok: true });
  });

  it('is given up after four times', async () => {
    api()
      .get('/version')
      .times(4)
      .reply(500, status(500, 'InternalError', 'etcd is gone'));
    await expect(get()).rejects.toEqual(new ApiError(500, 'InternalError', 'etcd is gone'));
  });

  it('an answer that is cut off is asked for again', async () => {
    api().get('/version').reply(200, '{"kind": "Li');
    api().get('/version').reply(200, { ok: true });
    expect(await get()).toEqual({ ok: true });
  });

  it('a refusal is not asked for again', async () => {
    api()
      .get('/version')
      .reply(403, status(403, 'Forbidden', 'User "dev" cannot'));
    await expect(get()).rejects.toMatchObject({ status: 403, message: 'User "dev" cannot' });
  });

  it('refused credentials end everything, and are not shown', async () => {
    api().get('/version').reply(401, status(401, 'Unauthorized'));
    await expect(get()).rejects.toThrow(
      'the API server https://api.test:6443 (context dev) refuses the credentials of the kubeconfig: 401 Unauthorized',
    );
  });
});

const credentials = accessTo(server).credentials;
const none = { ...credentials, token: null };

describe('who is asking', () => {
  const answersTo = (headers: Readonly<Record<string, string>>) =>
    nock(server, { reqheaders: headers }).get('/version').reply(200, { ok: true });

  it('a token', async () => {
    answersTo({ authorization: 'Bearer the-token', 'user-agent': 'test' });
    await get();
  });

  it('a token that is replaced in its file', async () => {
    const files = folder({ token: 'one\n' });
    const access = { credentials: { ...none, tokenFile: `${files}/token` } };
    answersTo({ authorization: 'Bearer one' });
    const open = connect(accessTo(server, access), connection());
    await open.json('/version');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${files}/token`, 'two');
    answersTo({ authorization: 'Bearer two' });
    await open.json('/version');
  });

  it('a name and password', async () => {
    answersTo({ authorization: `Basic ${Buffer.from('anna:geheim').toString('base64')}` });
    await get({ credentials: { ...none, basic: { username: 'anna', password: 'geheim' } } });
  });

  it('somebody else', async () => {
    nock(server)
      .get('/version')
      .matchHeader('impersonate-user', 'anna')
      .matchHeader('impersonate-uid', '7')
      .matchHeader('impersonate-group', /dev.*ops/)
      .reply(200, { ok: true });
    const impersonate = [
      ['Impersonate-User', 'anna'],
      ['Impersonate-Uid', '7'],
      ['Impersonate-Group', 'dev'],
      ['Impersonate-Group', 'ops'],
    ] as const;
    await get({ credentials: { ...credentials, impersonate } });
  });
});

describe('credential plugins', () => {
  const plugin = (script: string, more: Readonly<Record<string, unknown>> = {}) => {
    const files = folder({ plugin: `#!/bin/sh\n${script}` });
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: `${files}/plugin`,
      interactiveMode: 'Never',
      ...more,
    };
    return { files, access: { credentials: { ...none, exec } } };
  };
  const answer = (token: string, more = '') =>
    `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${token}"${more}}}'`;
  const accepts = (token: string, times = 1) =>
    nock(server, { reqheaders: { authorization: `Bearer ${token}` } })
      .get('/version')
      .times(times)
      .reply(200, { ok: true });

  it('are asked once, and told what they are asked', async () => {
    const { files, access } = plugin(
      `echo "$KUBERNETES_EXEC_INFO" >> $(dirname $0)/asked; echo "$1 $EXTRA" >> $(dirname $0)/words; ${answer('t1')}`,
      { args: ['--cluster'], env: [{ name: 'EXTRA', value: 'more' }], provideClusterInfo: true },
    );
    accepts('t1', 3);
    const open = connect(accessTo(server, access), connection());
    await Promise.all([1, 2, 3].map(() => open.json('/version')));
    const { readFileSync } = await import('node:fs');
    expect(JSON.parse(readFileSync(`${files}/asked`, 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false, cluster: { server, config: null } },
    });
    expect(readFileSync(`${files}/words`, 'utf8')).toBe('--cluster more\n');
  });

  it('are asked again when their answer has expired', async () => {
    const { access } = plugin(
      `n=$(cat $(dirname $0)/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > $(dirname $0)/n; ${answer("t'$n'", ',"expirationTimestamp":"2026-01-01T00:00:00Z"')}`,
    );
    accepts('t1');
    accepts('t2');
    const open = connect(accessTo(server, access), connection());
    await open.json('/version');
    await open.json('/version');
  });

  it('are asked again when the server refuses their answer, once', async () => {
    const { access } = plugin(
      `n=$(cat $(dirname $0)/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > $(dirname $0)/n; ${answer("t'$n'")}`,
    );
    api().get('/version').reply(401, status(401, 'Unauthorized'));
    accepts('t2');
    await get(access);
    const always = plugin(answer('bad'));
    api().get('/version').times(2).reply(401, status(401, 'Unauthorized'));
    await expect(get(always.access)).rejects.toThrow('refuses what its credential plugin answered: 401');
  });

  it('say on stderr what they want, and fail with their exit code', async () => {
    let said = '';
    const { access } = plugin('echo "open https://login.example.com" >&2; exit 3');
    const stderr = (text: string) => {
      said += text;
    };
    await expect(get(access, { stderr })).rejects.toThrow(/^the credential plugin \S+plugin failed with exit code 3$/);
    expect(said).toBe('open https://login.example.com\n');
  });

  it.each([
    ['echo no json', {}, 'did not answer with an ExecCredential'],
    [
      answer('t').replace('/v1"', '/v1beta1"'),
      {},
      'answered in client.authentication.k8s.io/v1beta1, asked in client.authentication.k8s.io/v1',
    ],
    [answer(''), {}, 'answered without a token or client certificate'],
    ['true', { apiVersion: 'client.authentication.k8s.io/v1alpha1' }, 'speaks client.authentication.k8s.io/v1alpha1'],
    ['true', { interactiveMode: 'Always' }, 'needs a terminal'],
    ['true', { command: '/nope/plugin' }, 'the credential plugin /nope/plugin is not installed'],
  ])('%s %j: %s', async (script, more, text) => {
    await expect(get(plugin(script, more).access)).rejects.toThrow(text);
  });
});
