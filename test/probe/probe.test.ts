import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '../../src/pages/certificates.ts';
import { gatewayPod } from '../cli/objects.ts';
import { emptyFolder, tlsgw } from '../cli/run.ts';
import { resettingServer, tlsServer } from './servers.ts';

const ca = makeCa({ cn: 'probe ca' });
const leaf = makeLeaf({ ca, cn: 'shop.example.com', sans: ['shop.example.com'] });
const cnOnly = makeLeaf({ ca, cn: 'shop.example.com' });
const expired = makeLeaf({ ca, cn: 'x', sans: ['shop.example.com'], notBefore: '2020-01-01', notAfter: '2021-01-01' });
const serve = (made: typeof leaf) => tlsServer({ cert: made.pem, key: made.key().toString() });

const folder = emptyFolder();
const authority = join(folder, 'ca.pem');
writeFileSync(authority, ca.pem);
const b64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const input = join(folder, 'input.yaml');
writeFileSync(
  input,
  `${gatewayPod()}---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: istio-system}
data: {tls.crt: ${b64(leaf.pem)}, tls.key: ${b64(leaf.key())}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: SIMPLE, credentialName: shop}}
`,
);

const probe = (port: number, ...more: string[]) =>
  tlsgw(['probe', 'https://shop.example.com/', '--connect-to', `127.0.0.1:${port}`, '--cacert', authority, ...more]);

describe('probe from the command line', () => {
  test('a good server', async () => {
    const { stdout, code } = await probe(await serve(leaf));
    expect(stdout).toContain('offering TLSv1.3: connected');
    expect(stdout).toContain('offering TLSv1.2: connected');
    expect(code).toBe(0);
  });

  test('a certificate that Node would take, but browsers refuse', async () => {
    const { stdout, code } = await probe(await serve(cnOnly));
    expect(stdout).toContain(
      'problem: no subject alternative name: browsers and Go refuse it, curl and Node accept it',
    );
    expect(code).toBe(1);
  });

  test('an expired certificate', async () => {
    expect((await probe(await serve(expired))).stdout).toContain('problem: expired on 2021-01-01');
  });

  test('beside a prediction: reality agrees, or differs with what usually explains it', async () => {
    const good = await probe(await serve(leaf), '-f', input);
    expect(good.stdout).toContain('=> reality agrees with the prediction');
    expect(good.code).toBe(0);
    const bad = await probe(await resettingServer(), '-f', input);
    expect(bad.stdout).toContain('=> reality differs from the prediction');
    expect(bad.stdout).toContain('kubectl tlsgw diff');
    expect(bad.code).toBe(1);
  });

  test('--all lists the hosts it is about to contact', async () => {
    const { stderr } = await tlsgw(['probe', '--all', '-f', input, '--connect-to', `127.0.0.1:${await serve(leaf)}`]);
    expect(stderr).toContain('note: probing https://shop.example.com:443/');
  });

  test('--all leaves out what is no host name, and probes the others', async () => {
    const more = join(folder, 'invalid.yaml');
    const gateway = readFileSync(input, 'utf8').replace('[shop.example.com]', '["shop example.com", shop.example.com]');
    writeFileSync(more, gateway);
    const there = `127.0.0.1:${await serve(leaf)}`;
    const { stdout, stderr, code } = await tlsgw(['probe', '--all', '-f', more, '--connect-to', there]);
    expect(stderr).toBe('note: probing https://shop.example.com:443/\n');
    expect(stdout.match(/^https:.*$/gm)).toEqual(['https://shop.example.com:443/']);
    expect(code).toBe(0);
    writeFileSync(more, gateway.replace(', shop.example.com]', ']'));
    const none = await tlsgw(['probe', '--all', '-f', more, '--connect-to', there]);
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toContain('no Gateway in scope names a host that could be probed');
  });

  test('another certificate than the one in the Secret is a difference, although the name fits', async () => {
    const old = makeLeaf({ ca, cn: 'shop.example.com', sans: ['shop.example.com'], serial: '0abc' });
    const { stdout, code } = await probe(await serve(old), '-f', input);
    expect(stdout).toContain('=> reality differs from the prediction');
    expect(stdout).toMatch(
      /usually: the certificate shown \(serial abc\) is not the one of the Secret \(serial \w+\): the pod keeps an older/,
    );
    expect(code).toBe(1);
  });

  test('a user and a password in a URL are not repeated', async () => {
    const url = 'https://someone:s3cret@127.0.0.1:1/';
    for (const more of [[], ['-o', 'json'], ['https://someone:s3cret@127.0.0.1:99999/']]) {
      const { stdout, stderr } = await tlsgw(['probe', url, ...more]);
      expect(`${stdout}${stderr}`).toContain('***@127.0.0.1');
      expect(`${stdout}${stderr}`).not.toContain('s3cret');
    }
  });

  test('no private key in any output', async () => {
    const key = join(folder, 'key.pem');
    writeFileSync(key, leaf.key());
    const cert = join(folder, 'cert.pem');
    writeFileSync(cert, leaf.pem);
    const { stdout, stderr } = await probe(await serve(leaf), '--cert', cert, '--key', key, '-o', 'json');
    const body = leaf.key().toString().split('\n')[1]!;
    expect(`${stdout}${stderr}`).not.toContain(body);
    expect(JSON.parse(stdout)[0].attempts[0].outcome).toBe('connected');
  });

  test.each([
    [['probe'], 'probe wants a URL, or --all'],
    [['probe', 'ftp://x/'], 'is no http or https URL'],
    [['probe', 'https://x/', '--connect-to', 'nowhere'], '--connect-to wants HOST:PORT'],
    [
      ['probe', 'https://x/', '--connect-to', '127.0.0.1:99999'],
      '--connect-to wants HOST:PORT, with a port up to 65535',
    ],
    [['probe', '--all', '--connect-to', '127.0.0.1:'], '--connect-to wants HOST:PORT'],
    [['probe', '--all', 'https://x/'], 'give URLs or --all, not both'],
    [['probe', '--all', '--cert', 'a.pem'], '--cert and --key belong together'],
  ])('%j is wrong usage', async (args, text) => {
    const { stderr, code } = await tlsgw(args as string[]);
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
});

describe('files that cannot be used', () => {
  const made = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  test.each([
    [() => ['--cert', made('swapped.pem', leaf.key().toString()), '--key', made('swapped.key', leaf.pem)]],
    [() => ['--cert', made('plain.pem', 'no PEM'), '--key', made('plain.key', leaf.key().toString())]],
    [() => ['--cert', made('pair.pem', leaf.pem), '--key', made('other.key', makeLeaf().key().toString())]],
    [() => ['--cacert', made('plain-ca.pem', 'no PEM')]],
    [() => ['--cacert', made('key-ca.pem', leaf.key().toString())]],
  ])('%# are refused before anything is connected to, without their content', async (args) => {
    const { stdout, stderr, code } = await tlsgw(['probe', 'https://127.0.0.1:1/', ...args()]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(stderr).toMatch(/^error: --(cert and --key cannot be used: |cacert .*: the file holds )/);
    expect(stderr).not.toContain(leaf.key().toString().split('\n')[1]);
  });
});
