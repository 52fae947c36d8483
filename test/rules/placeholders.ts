import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** The moment for which pages are judged. */
export const now = new Date('2026-06-01T00:00:00Z');

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Made {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

type CryptoKeyPair = Awaited<ReturnType<typeof newKeys>>;

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const made = new Map<string, Promise<Made>>();

/** The same words always give the same certificate within one run; `make` runs once. */
function once(words: string, make: () => Promise<Made>): Promise<Made> {
  const known = made.get(words);
  if (known) return known;
  const fresh = make();
  made.set(words, fresh);
  return fresh;
}

const dayAfterNow = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

interface Wish {
  readonly names: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function wishOf(words: string): Wish {
  const names: string[] = [];
  const options = new Map<string, string>();
  for (const word of words.split(/\s+/).filter((w) => w !== '')) {
    const equals = word.indexOf('=');
    if (equals < 0) names.push(word);
    else options.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return { names, options };
}

const authority = (name: string): Promise<Made> =>
  once(`ca ${name}`, async () => {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: `CN=${name}`,
      notBefore: dayAfterNow(-365),
      notAfter: dayAfterNow(3650),
      signingAlgorithm: algorithm,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return { certificate, keys };
  });

/**
 * `${cert NAME ... [cn=NAME] [from=DAYS] [to=DAYS] [ca=NAME]}`: names become SANs (addresses too); `from` and `to` count
 * days from the moment pages are judged for.
 */
const leaf = (words: string): Promise<Made> =>
  once(`cert ${words}`, async () => {
    const { names, options } = wishOf(words);
    const issuer = await authority(options.get('ca') ?? 'Example Root');
    const keys = await newKeys();
    const isAddress = (name: string) => /^[\d.]+$|:/.test(name);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: `${made.size.toString(16).padStart(4, '0')}`,
      subject: `CN=${options.get('cn') ?? names.find((n) => !n.startsWith('*')) ?? 'example'}`,
      issuer: issuer.certificate.subject,
      notBefore: dayAfterNow(Number(options.get('from') ?? -30)),
      notAfter: dayAfterNow(Number(options.get('to') ?? 335)),
      signingKey: issuer.keys.privateKey,
      publicKey: keys.publicKey,
      signingAlgorithm: algorithm,
      extensions:
        names.length === 0
          ? []
          : [
              new x509.SubjectAlternativeNameExtension(
                names.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
              ),
            ],
    });
    return { certificate, keys };
  });

async function privateKeyPem(of: Made): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', of.keys.privateKey);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

const placeholder = /\$\{(cert|key|ca|chain)(?: ([^}]*))?\}/g;

/**
 * Replaces the placeholders of an example, each by text on its line, so that line numbers stay: `${cert ...}` as above;
 * `${key}` the key of the certificate above it, `${key other}` a key of nothing else; `${ca}` or `${ca NAME}` the root that signs
 * (NAME: another one); `${chain leaf,leaf; ...}` several certificates in this order, separated by `;`, `ca` for the root.
 * Base64 under `data:` of a Secret, else a quoted text.
 */
export async function expand(yaml: string): Promise<string> {
  const lines = yaml.split('\n');
  let last: Made | null = null;
  for (const [index, line] of lines.entries()) {
    if (line.trimEnd() === '---') last = null;
    for (const found of line.matchAll(placeholder)) {
      const [all, kind, words = ''] = found;
      let text: string;
      if (kind === 'key') {
        text = await privateKeyPem(words === '' && last ? last : await leaf(`unrelated ${words}`));
      } else if (kind === 'ca') {
        text = `${(await authority(words || 'Example Root')).certificate.toString('pem')}\n`;
      } else {
        const all: Made[] = [];
        for (const part of kind === 'cert' ? [words] : words.split(';').map((w) => w.trim())) {
          all.push(part.startsWith('ca') ? await authority(part.slice(2).trim() || 'Example Root') : await leaf(part));
        }
        last = all[0]!;
        text = all.map((m) => `${m.certificate.toString('pem')}\n`).join('');
      }
      const encoded = inSecretData(lines, index) ? Buffer.from(text).toString('base64') : JSON.stringify(text);
      lines[index] = lines[index]!.replace(all, () => encoded);
    }
  }
  return lines.join('\n');
}

/** True under `data:` of a Secret, the only place where values are base64. */
function inSecretData(lines: readonly string[], index: number): boolean {
  const start = lines.slice(0, index).findLastIndex((line) => line.trimEnd() === '---') + 1;
  const field = lines.slice(start, index).findLast((line) => /^\w+:/.test(line)) ?? '';
  return lines.slice(start, index).some((line) => /^kind: Secret\b/.test(line)) && field.startsWith('data:');
}
