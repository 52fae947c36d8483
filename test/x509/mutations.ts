import { readFileSync } from 'node:fs';
import { derOf, pemOf } from '../../src/pages/certificates.ts';

/** The pairs of test/oracle/certs, and ways to break them that are the same on every run. */
const CERTS = new URL('../oracle/certs/', import.meta.url);
export const oracle = (file: string): Buffer => readFileSync(new URL(file, CERTS));

export interface Case {
  readonly name: string;
  readonly certificate: Buffer;
  readonly key: () => Buffer;
  readonly ca: Buffer | null;
  readonly crl: Buffer | null;
}

/** A small generator (mulberry32) seeded by a name: the corpus stores names and answers, not bytes. */
function randomOf(seed: string): (below: number) => number {
  let state = [...seed].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

/** One change to a PEM text, written in latin1 so that every byte is a character. */
const TEXT: Readonly<Record<string, (pem: string, random: Random) => string>> = {
  same: (pem) => pem,
  crlf: (pem) => pem.replaceAll('\n', '\r\n'),
  indented: (pem) => pem.replace(/^/gm, '  '),
  'one-indented-line': (pem, random) => lines(pem, random, (line) => ` ${line}`),
  bom: (pem) => `\u00ef\u00bb\u00bf${pem}`,
  'utf-16': (pem) => Buffer.from(`\ufeff${pem}`, 'utf16le').toString('latin1'),
  'without-final-newline': (pem) => pem.trimEnd(),
  glued: (pem) => pem.trimEnd() + pem,
  truncated: (pem, random) => pem.slice(0, random(pem.length)),
  'first-bytes-lost': (pem, random) => pem.slice(random(pem.length)),
  'line-lost': (pem, random) => lines(pem, random, () => null),
  'line-twice': (pem, random) => lines(pem, random, (line) => `${line}\n${line}`),
  'blank-line': (pem, random) => lines(pem, random, (line) => `\n${line}`),
  'text-line': (pem, random) => lines(pem, random, (line) => `Subject: CN=x\n${line}`),
  'trailing-blanks': (pem, random) => lines(pem, random, (line) => `${line} \t`),
  'trailing-umlaut': (pem, random) => lines(pem, random, (line) => `${line}\u00c3\u00bc`),
  'literal-newlines': (pem) => pem.replaceAll('\n', '\\n'),
  'newlines-lost': (pem) => pem.replaceAll('\n', ''),
  'newlines-to-blanks': (pem) => pem.replaceAll('\n', ' '),
  'base64-twice': (pem) => Buffer.from(pem).toString('base64'),
  'no-armour': (pem) => pem.replace(/-----[^-]+-----/g, ''),
  der: (pem) => derOf(pem).toString('latin1'),
  'one-line-body': (pem) => reflow(pem, 100_000),
  'lines-of-76': (pem) => reflow(pem, 76),
  'lines-of-253': (pem) => reflow(pem, 253),
  'headers-and-lines-of-64': (pem) => pem.replace(/(-----BEGIN [^-]+-----\n)/g, '$1A: b\n\n'),
  'empty-header': (pem) => pem.replace(/(-----BEGIN [^-]+-----\n)/g, '$1\n'),
  'empty-header-and-lines-of-76': (pem) => reflow(pem, 76).replace(/(-----BEGIN [^-]+-----\n)/g, '$1\n'),
  'encrypted-header': (pem) =>
    pem.replace(/(-----BEGIN [^-]+-----\n)/, `$1Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${'0'.repeat(32)}\n\n`),
  'byte-changed': (pem, random) => splice(pem, random(pem.length), String.fromCharCode(random(256))),
  'dash-lost': (pem, random) => {
    const dashes = [...pem.matchAll(/-/g)].map((found) => found.index);
    return splice(pem, dashes[random(dashes.length)]!, '');
  },
  'label-x509': (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
  'label-trusted': (pem) => pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
  'label-pkcs7': (pem) => pem.replaceAll('CERTIFICATE', 'PKCS7'),
  'label-sec1': (pem) => pem.replaceAll('PRIVATE KEY', 'EC PRIVATE KEY'),
  'label-pkcs1': (pem) => pem.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY'),
  'label-encrypted': (pem) => pem.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
  'label-lower-case': (pem) => pem.replace(/-----BEGIN [^-]+-----/, (line) => line.toLowerCase()),
  'end-of-another-label': (pem) => pem.replace(/-----END [A-Z]+/, '-----END OTHER'),
  'text-around': (pem) => `Certificate:\n    Data: x\n${pem}\nend\n`,
  'long-line-before': (pem) => `${'x'.repeat(252)}\n${'y'.repeat(253)}\n${'z'.repeat(254)}\n${pem}`,
  'another-block-before': (pem) => `-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n${pem}`,
  'broken-block-after': (pem) => `${pem}-----BEGIN FOO-----\nAAAA\n`,
  'empty-block-after': (pem) => `${pem}-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n`,
  'junk-certificate-after': (pem) => `${pem}${pemOf('CERTIFICATE', Buffer.from('300430040101', 'hex'))}`,
  'junk-trusted-after': (pem) => `${pem}${pemOf('TRUSTED CERTIFICATE', Buffer.from('3000', 'hex'))}`,
  'junk-key-after': (pem) => `${pem}${pemOf('RSA PRIVATE KEY', Buffer.from('3000', 'hex'))}`,
  'bytes-after-the-der': (pem) => resigned(pem, (der) => Buffer.concat([der, Buffer.of(0)])),
  'last-byte-of-the-der-lost': (pem) => resigned(pem, (der) => der.subarray(0, -1)),
  'der-byte-changed': (pem, random) =>
    resigned(pem, (der) => {
      const changed = Buffer.from(der);
      changed[random(der.length)]! ^= 1 << random(8);
      return changed;
    }),
};

const splice = (text: string, at: number, by: string): string => text.slice(0, at) + by + text.slice(at + 1);

function lines(pem: string, random: Random, change: (line: string) => string | null): string {
  const all = pem.trimEnd().split('\n');
  const at = random(all.length);
  return `${all.flatMap((line, index) => (index === at ? (change(line) ?? []) : line)).join('\n')}\n`;
}

const blocks = (pem: string, change: (label: string, body: string) => string): string =>
  pem.replace(/-----BEGIN ([^-]+)-----\n([\s\S]*?)\n-----END \1-----\n/g, (_, label: string, body: string) =>
    change(label, body.replaceAll('\n', '')),
  );

const reflow = (pem: string, width: number): string =>
  blocks(pem, (label, body) => {
    const text = body.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');
    return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
  });

const resigned = (pem: string, change: (der: Buffer) => Buffer): string =>
  blocks(pem, (label, body) => pemOf(label, change(Buffer.from(body, 'base64'))));

const RANDOM = /lost|line|truncated|changed|trailing|twice/;

/** Every case of the corpus; what Envoy says to each is recorded in corpus/envoy-1.38.3.json. */
export function allCases(): readonly Case[] {
  const cases: Case[] = [];
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  const add = (name: string, fields: Partial<Omit<Case, 'name' | 'key'>> & { key?: () => Buffer }): void => {
    const rest = { certificate: oracle('san.crt'), key: () => oracle('san.key'), ca: null, crl: null };
    cases.push({ name, ...rest, ...fields });
  };
  for (const [kind, change] of Object.entries(TEXT)) {
    for (let round = 0; round < (RANDOM.test(kind) ? 6 : 1); round++) {
      const changed = (file: string, name: string): Buffer =>
        latin1(change(oracle(file).toString('latin1'), randomOf(`${name}`)));
      for (const pair of ['san', 'chain']) {
        const name = `${pair}.crt ${kind} ${round}`;
        add(name, { certificate: changed(`${pair}.crt`, name), key: () => oracle(`${pair}.key`) });
      }
      const key = `san.key ${kind} ${round}`;
      add(key, { key: () => changed('san.key', key) });
      const ca = `root-ca.crt ${kind} ${round}`;
      add(ca, { ca: changed('root-ca.crt', ca) });
      const crl = `root-ca.crl ${kind} ${round}`;
      add(crl, { ca: oracle('root-ca.crt'), crl: changed('root-ca.crl', crl) });
    }
  }
  const swapped = Buffer.concat([oracle('intermediate-ca.crt'), oracle('san.crt')]);
  add('issuer first', { certificate: swapped });
  add('key of another certificate', { key: () => oracle('wildcard.key') });
  add('only a key in the certificate field', { certificate: oracle('san.key') });
  add('only a certificate in the key field', { key: () => oracle('san.crt') });
  add('key and certificate in both fields', {
    certificate: Buffer.concat([oracle('san.key'), oracle('san.crt')]),
    key: () => Buffer.concat([oracle('san.crt'), oracle('san.key')]),
  });
  add('two keys, the right one second', { key: () => Buffer.concat([oracle('wildcard.key'), oracle('san.key')]) });
  add('two keys, the right one first', { key: () => Buffer.concat([oracle('san.key'), oracle('wildcard.key')]) });
  add('expired', { certificate: oracle('expired.crt'), key: () => oracle('expired.key') });
  add('same certificate twice', { certificate: Buffer.concat([oracle('san.crt'), oracle('san.crt')]) });
  add('no certificate', { certificate: Buffer.alloc(0) });
  add('no key', { key: () => Buffer.alloc(0) });
  add('list in the bundle', { ca: Buffer.concat([oracle('root-ca.crt'), oracle('root-ca.crl')]) });
  add('only a list as the bundle', { ca: oracle('root-ca.crl') });
  add('only a key as the bundle', { ca: oracle('san.key') });
  add('a certificate as the list', { ca: oracle('root-ca.crt'), crl: oracle('root-ca.crt') });
  return cases;
}
