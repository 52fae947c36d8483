import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedTraces } from '../envoy/traces.ts';
import { emptyFolder, tlsgw } from './run.ts';

const three = 'test/oracle/cases/tutorial-all-three-at-once/input.yaml';
const folder = emptyFolder();
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const fields = ['outcome', 'status', 'chain', 'route', 'virtualHost', 'virtualService', 'redirect'] as const;

describe('trace --calls answers what a real Envoy answered', () => {
  const sample = recordedTraces().filter((t) => t.calls.length > 10 && t.calls.every((c) => !c.observed['weighted']));
  test.each(sample.slice(0, 4))('$name $workload', async ({ yaml, workload, calls }) => {
    const cluster = file('cluster.yaml', yaml);
    const lines = file('calls.jsonl', calls.map(({ observed: _, ...call }) => JSON.stringify(call)).join('\n'));
    const wanted = workload.replace('.', '/');
    const { stdout, code } = await tlsgw([
      'trace',
      '-f',
      cluster,
      '--workload',
      wanted,
      '--calls',
      lines,
      '-o',
      'json',
    ]);
    expect(code).toBe(0);
    const pick = (o: Record<string, unknown>) => Object.fromEntries(fields.flatMap((f) => (f in o ? [[f, o[f]]] : [])));
    expect((JSON.parse(stdout) as Record<string, unknown>[]).map(pick)).toEqual(calls.map((c) => pick(c.observed)));
  });
});

describe('trace URL', () => {
  test('tells the way from the Service to the cluster', async () => {
    const { stdout } = await tlsgw(['trace', 'https://helloworld.example.com/hello', '-f', three]);
    for (const part of [
      'port 443 leads to port 8443 of the pod',
      'SNI helloworld.example.com fits',
      'Gateway test/sni-gateway spec.servers[1]',
      'VirtualService test/helloworld spec.http[0].match[0]',
      'outbound|5000||helloworld.test.svc.cluster.local',
      '=> answered by the backend',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  test.each([
    [['https://httpbin.example.com/'], 'tlsv13 alert certificate required'],
    [['https://httpbin.example.com/', '--cert', 'trusted'], 'answered by the backend'],
    [['https://httpbin.example.com/', '--cert', 'foreign'], 'tlsv1 alert unknown ca'],
    [['https://other.example.com/'], 'curl: (35) Recv failure: Connection reset by peer'],
    [['https://httpbin.example.com:444/'], 'curl: (7) Failed to connect to httpbin.example.com port 444'],
    [['http://httpbin.example.com:443/'], 'curl: (56) Recv failure: Connection reset by peer'],
    [['https://10.0.0.1/'], 'none takes clients without SNI'],
    [['https://helloworld.example.com/other'], '404 with an empty body'],
    [['https://helloworld.example.com/hello', '-H', 'Host: nobody.test'], '404 with an empty body'],
    [
      ['https://x.test/hello', '--sni', 'helloworld.example.com', '-H', 'Host: helloworld.example.com'],
      'outbound|5000',
    ],
    [['https://helloworld.example.com/hello', '--port', '8443'], 'answered by the backend'],
    [['https://helloworld.example.com/hello', '--port', '9999'], 'nothing listens on this port of the pod'],
  ])('%j: %s', async (args, text) => {
    expect((await tlsgw(['trace', ...args, '-f', three])).stdout).toContain(text);
  });

  test('names the findings behind a failure', async () => {
    const { stdout } = await tlsgw(['trace', 'https://httpbin.example.com/', '-f', three]);
    expect(stdout).toContain('error[server-dropped-duplicate-host]');
  });
});

describe('calls as tests', () => {
  const contract = file(
    'contract.yaml',
    `
- name: hello
  url: https://helloworld.example.com/hello
  expect: {status: 200, virtualService: helloworld.test, cluster: outbound|5000||helloworld.test.svc.cluster.local}
- url: http://httpbin.example.com/x
  expect: {status: 404}
`,
  );

  test('a broken expectation fails the run and says what came instead', async () => {
    const { stdout, code } = await tlsgw(['trace', '--calls', contract, '-f', three]);
    expect(stdout).toContain('call 2: status: expected 404, got 200');
    expect(stdout).toContain('2 calls, 1 as expected, 1 not');
    expect(code).toBe(1);
  });

  test('as JUnit', async () => {
    const { stdout } = await tlsgw(['trace', '--calls', contract, '-f', three, '-o', 'junit']);
    expect(stdout).toContain('<testsuites tests="2" failures="1">');
    expect(stdout).toContain('<failure message="status: expected 404, got 200">');
  });

  test.each([
    ['missing.yaml', 3, 'no such file'],
    [file('no-port.yaml', '- {host: a.com}'), 3, 'has neither port nor url'],
    [file('typo.yaml', '- {url: "https://a.com/", methd: GET}'), 3, 'unknown field "methd"'],
    [file('broken.yaml', '{{'), 3, 'this is no YAML'],
    [file('none.yaml', '# nothing yet\n'), 3, 'no call in this file'],
    [file('expect-typo.yaml', '- {url: "https://a.com/", expect: {statsu: 200}}'), 3, 'did you mean status?'],
    [file('expect-text.yaml', '- {url: "https://a.com/", expect: {status: "200"}}'), 3, 'expect.status wants a number'],
    [file('expect-number.yaml', '- {url: "https://a.com/", expect: 200}'), 3, 'expect wants a mapping'],
    [file('headers.yaml', '- {url: "https://a.com/", headers: [x]}'), 3, 'headers wants a mapping'],
    [file('broken.jsonl', '{"port": 1}\n{"port": }'), 3, 'is no JSON'],
  ])('%s', async (path, wanted, text) => {
    const { stderr, code } = await tlsgw(['trace', '--calls', path, '-f', three]);
    expect(stderr).toContain(text);
    expect(code).toBe(wanted);
  });
});

describe('the URL of a trace', () => {
  test.each([
    [
      'https://a:99999/',
      '"https://a:99999/" is no http or https URL: "99999" is no port, which is a number up to 65535',
    ],
    ['https://a:https/', '"https" is no port'],
    ['a:70000', '"70000" is no port'],
    ['https://[::1]:70000/', '"70000" is no port'],
    ['https://a b/', '"https://a b/" is no http or https URL\n'],
    ['mailto:someone', '"mailto:someone" is no http or https URL\n'],
  ])('%s is refused with the part that is wrong', async (url, words) => {
    const { stdout, stderr, code } = await tlsgw(['trace', url, '-f', three]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(words);
  });

  test.each([
    [['https://someone:s3cret@httpbin.example.com/']],
    [['someone:s3cret@httpbin.example.com']],
    [['https://someone:s3cret@httpbin.example.com/', '-o', 'json']],
    [['https://someone:s3cret@httpbin.example.com:99999/']],
    [['https://someone:s3cret@a b/']],
    [['https://someone:s3cret/s3cret@httpbin.example.com/']],
    [['https://a/', 'https://someone:s3cret@b/']],
    [['--calls', file('login.yaml', '- {url: "https://someone:s3cret@httpbin.example.com/"}')]],
    [['--calls', file('login-port.yaml', '- {url: "https://someone:s3cret@httpbin.example.com:99999/"}')]],
  ])('%j: user and password are not repeated', async (args) => {
    const { stdout, stderr } = await tlsgw(['trace', ...args, '-f', three]);
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(`${stdout}${stderr}`).not.toContain('s3cret');
  });

  test('doctor takes and hides them too', async () => {
    const { stdout, stderr } = await tlsgw(['doctor', 'https://someone:s3cret@httpbin.example.com/', '-f', three]);
    expect(stdout).toContain('httpbin.example.com');
    expect(`${stdout}${stderr}`).not.toContain('s3cret');
  });
});

describe('what explains the end of a trace', () => {
  test('is named where the client refuses the certificate, and in JSON', async () => {
    const moment = ['--now', '2127-01-01T00:00:00Z'];
    const args = ['trace', 'https://helloworld.example.com/hello', '-f', three, ...moment];
    const { stdout } = await tlsgw(args);
    expect(stdout).toMatch(/=> the client refuses the certificate: .*expired.*\n {5}error\[cert-expired\]: /);
    const [story] = JSON.parse((await tlsgw([...args, '-o', 'json'])).stdout) as { explained: string[] }[];
    expect(story!.explained[0]).toMatch(/^error\[cert-expired\]: /);
  });
});
