import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatewayPod } from './objects.ts';
import { broken, emptyFolder, folder, oracleInput, shell, tlsgw } from './run.ts';

describe('paths', () => {
  it('refuses an empty one, as an unset variable gives it, instead of reading the working directory', async () => {
    const { code, stderr } = await tlsgw(['lint', ''], { cwd: folder({ 'a.yaml': broken }) });
    expect(code).toBe(3);
    expect(stderr).toContain("error: '': this path is empty");
  });

  it('names links that lead nowhere or to themselves', async () => {
    const cwd = emptyFolder();
    symlinkSync('nowhere', join(cwd, 'dangling.yaml'));
    symlinkSync('loop', join(cwd, 'loop'));
    const dangling = await tlsgw(['lint', 'dangling.yaml'], { cwd });
    expect(dangling).toMatchObject({ code: 3, stderr: 'error: dangling.yaml: a symbolic link that leads nowhere\n' });
    const loop = await tlsgw(['lint', 'loop'], { cwd });
    expect(loop).toMatchObject({ code: 3, stderr: 'error: loop: a symbolic link that leads to itself\n' });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe that lies in a directory', async () => {
    const path = folder({ 'a.yaml': broken });
    execFileSync('mkfifo', [join(path, 'b.yaml')]);
    expect(await tlsgw(['lint', path])).toMatchObject({ code: 1 });
  });

  it('is no mistake of ours when .tlsgw.yaml is a directory', async () => {
    const path = folder({ 'a.yaml': broken });
    mkdirSync(join(path, '.tlsgw.yaml'));
    expect(await tlsgw(['lint', path])).toMatchObject({ code: 2 });
  });
});

describe('the terminal', () => {
  it.each([
    ['lint', '--fo\u001b[31mo'],
    ['lint', '--baseline', 'x\u001b[31m', oracleInput('tutorial-all-three-at-once')],
    ['lint', '--report', 'sarif=/no/\u009b31m', oracleInput('tutorial-all-three-at-once')],
    ['lint', '-k', 'x\u001b[31m'],
  ])('never gets an escape sequence from the command line: %s %s', async (...args) => {
    const { code, stderr } = await tlsgw(args);
    expect([2, 3]).toContain(code);
    expect(stderr).toMatch(/\\x(?:1b|9b)/);
    expect(stderr).not.toMatch(/[\u001b\u009b]/);
  });

  it('is told that a full disk took only a part of the report', async () => {
    if (!existsSync('/dev/full')) return;
    const { stderr, stdout } = await shell(
      `tlsgw lint -q ${oracleInput('tutorial-all-three-at-once')} > /dev/full; echo $?`,
    );
    expect({ stdout, stderr }).toEqual({
      stdout: '3\n',
      stderr: 'error: the output cannot be written (ENOSPC)\n',
    });
  });
});

describe('the code cache', () => {
  it('makes no home directory, and gives up where none can be made', async () => {
    const home = join(emptyFolder(), 'none');
    const path = folder({ 'a.yaml': broken });
    expect(await tlsgw(['lint', path], { env: { HOME: home, XDG_CACHE_HOME: '' } })).toMatchObject({ code: 1 });
    expect(existsSync(home)).toBe(false);
    if (existsSync('/proc/self'))
      expect(await tlsgw(['lint', path], { env: { XDG_CACHE_HOME: '/proc' } })).toMatchObject({ code: 1 });
  });
});

describe('the order of documents', () => {
  it('changes neither the order of workloads nor a fingerprint', async () => {
    const documents = readFileSync(oracleInput('a10-selectors-and-pods'), 'utf8').split(/^---$/m);
    const findings = async (input: string) => {
      const { stdout } = await tlsgw(['lint', '-o', 'json', '-'], { input });
      const report = JSON.parse(stdout) as { readonly findings: readonly { readonly fingerprint: string }[] };
      return report.findings.map((finding) => finding.fingerprint).sort();
    };
    const tables = async (input: string) => (await tlsgw(['listeners', '-q', '-f', '-'], { input })).stdout;
    const [forth, back] = [documents.join('---'), documents.toReversed().join('\n---\n')];
    expect(await tables(back)).toBe(await tables(forth));
    expect(await findings(back)).toEqual(await findings(forth));
  });
});

describe('servers without a port', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: igw, namespace: istio-system, labels: {istio: ingressgateway}}
spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}
---
`;
  it('are never called undefined', async () => {
    const input = `${pod}apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [a.example.com]
  - port: {number: 80, name: other}
    hosts: [b.example.com]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: h, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, servers: [{port: {name: x, protocol: HTTP}, hosts: [c.example.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: istio-system}
spec:
  hosts: [c.example.com]
  gateways: [h]
  http: [{match: [{port: 443}], route: [{destination: {host: b}}]}]
`;
    const { stdout } = await tlsgw(['lint', '--show-info', '-'], { input });
    expect(stdout).toContain('(no protocol)');
    expect(stdout).not.toContain('undefined');
  });
});

describe('a private key in a wrong field', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const body = privateKey.split('\n').slice(1, -2).join('');
  const encoded = Buffer.from(privateKey).toString('base64');
  it.each([
    ['host', broken.replace('a.example.com', encoded)],
    ['credential name', broken.replace('credentialName: a', `credentialName: ${body}`)],
    ['name of a key', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {${encoded}: eA==}\n---\n${broken}`],
  ])('%s is not repeated', async (_, text) => {
    const path = folder({ 'a.yaml': text });
    for (const format of ['text', 'json', 'markdown']) {
      const { stdout, stderr } = await tlsgw(['lint', '--show-info', '-o', format, path]);
      for (const part of [body.slice(200, 260), encoded.slice(200, 260)])
        expect(`${stdout}${stderr}`.includes(part)).toBe(false);
    }
  });

  const forms: Readonly<Record<string, string>> = {
    PEM: privateKey,
    'base64 of PEM': encoded,
    'the body': body,
    'the body in lines': privateKey.split('\n').slice(1, -2).join('\n'),
  };
  const commands = [
    ...['listeners', 'routes', 'secrets', 'certs', 'hosts', 'doctor', 'lint'].map((name) => [name]),
    ['trace', 'https://a.example.com/'],
  ];
  it.each(Object.entries(forms))('%s in place of a name is in no table, and named as a defect', async (_, form) => {
    const given = JSON.stringify(form);
    const text = broken
      .replace('credentialName: a', `credentialName: ${given}`)
      .replace('credentialName: b', `serverCertificate: /etc/a.pem, privateKey: ${given}`);
    expect(text.split(given)).toHaveLength(3);
    const path = folder({ 'a.yaml': text });
    for (const [words, format] of [
      ...commands.flatMap((command) => ['text', 'json'].map((f) => [command, f] as const)),
      [['all'], 'json'] as const,
    ]) {
      const { stdout, stderr } = await tlsgw([...words, '-f', path, '-o', format]);
      expect(stdout, words.join(' ')).not.toBe('');
      const shown = `${stdout}${stderr}`.replaceAll('\\n', '');
      for (const part of [body.slice(200, 250), body.slice(-20), encoded.slice(200, 260)])
        expect(shown.includes(part), `${words.join(' ')} -o ${format}`).toBe(false);
    }
    const { code, stdout } = await tlsgw(['lint', path]);
    expect(code).toBe(1);
    for (const field of ['servers[0].tls.credentialName', 'servers[1].tls.privateKey'])
      expect(stdout).toContain(
        `error[schema]: Gateway istio-system/shop: spec.${field} holds a key or a certificate itself`,
      );
  });

  it.each(Object.entries(forms))('%s of a wrong type, or as the name of a header, is in no output', async (_, form) => {
    const given = JSON.stringify(form);
    const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: istio-system}
spec: {hosts: [a.example.com], gateways: [shop], http: [{route: [{destination: {host: x}, headers: {request: {set: {${JSON.stringify(privateKey)}: a}}}}]}]}
---
`;
    const path = folder({ 'a.yaml': route + broken.replace('credentialName: a', `credentialNames: ${given}`) });
    for (const words of [...commands, ['all', '-o', 'json'], ['routes', '-o', 'json'], ['doctor', '-o', 'sarif']]) {
      const { stdout, stderr } = await tlsgw([...words, '-f', path]);
      const shown = `${stdout}${stderr}`.replaceAll('\\n', '');
      for (const part of [body.slice(0, 40), body.slice(200, 250), body.slice(-20), encoded.slice(40, 80)])
        expect(shown.includes(part), words.join(' ')).toBe(false);
    }
  });

  it('a list in one line is quoted in part beside each finding', async () => {
    const item = (i: number) => [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { name: `g${i}`, namespace: 'a' },
        spec: { servers: [{ port: { number: 443, name: 'p', protocol: 'HTTPS' }, tls: { mode: 'simple' } }] },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: `s${i}`, namespace: 'a' }, data: { 'tls.key': encoded } },
    ];
    const items = Array.from({ length: 200 }, (_, i) => item(i)).flat();
    const path = folder({ 'a.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    const { code, stdout } = await tlsgw(['lint', path]);
    expect(code).toBe(1);
    expect(stdout.match(/error\[schema\]: Gateway a\/g\d+: spec\.servers\[0\]\.tls\.mode/g)).toHaveLength(200);
    expect(stdout.length).toBeLessThan(200 * 10_000);
    expect(stdout).not.toContain(encoded.slice(200, 240));
  });

  it('stars that a person put in place of a name are a name that no Secret has', async () => {
    const objects = `${gatewayPod()}---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: istio-system}
data: {a: YQ==}
---
${broken.replace('credentialName: a', 'credentialName: "***"')}`;
    const { stdout } = await tlsgw(['lint', folder({ 'a.yaml': objects })]);
    expect(stdout).toContain('warning[secret-not-found]: the input has no Secret istio-system/***');
    expect(stdout).not.toContain('holds a key');
  });

  it('a private key in PEM form in any other field is in no output', async () => {
    const given = JSON.stringify(privateKey);
    const path = folder({
      'a.yaml': broken
        .replace('name: https', `name: ${given}`)
        .replace('credentialName: a', `credentialName: a, subjectAltNames: [${given}], ${given}: 1`),
    });
    for (const words of [...commands, ['all', '-o', 'json'], ['doctor', '-o', 'sarif'], ['listeners', '-o', 'json']]) {
      const { stdout, stderr } = await tlsgw([...words, '-f', path]);
      const shown = `${stdout}${stderr}`.replaceAll('\\n', '');
      for (const part of [body.slice(200, 250), body.slice(-20)])
        expect(shown.includes(part), words.join(' ')).toBe(false);
    }
  });
});
