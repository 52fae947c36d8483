import { type CertificateOptions, derOf, type KeyKind, type Made, makeCa, makeCrl, makeLeaf } from './certificates.ts';

/** The moment for which pages are judged. */
export const now = new Date('2026-06-01T00:00:00Z');

const daysAfterNow = (days: string | undefined, otherwise: number): string =>
  new Date(now.getTime() + Number(days ?? otherwise) * 86_400_000).toISOString();

const made = new Map<string, Made>();

/** The same words always give the same certificate within one run. */
function once(words: string, make: () => Made): Made {
  const known = made.get(words) ?? make();
  made.set(words, known);
  return known;
}

interface Wish {
  readonly names: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function wishOf(words: string): Wish {
  const all = words.split(/\s+/).filter((word) => word !== '');
  return {
    names: all.filter((word) => !word.includes('=')),
    options: new Map(all.filter((word) => word.includes('=')).map((word) => word.split('=', 2) as [string, string])),
  };
}

const validity = (options: Wish['options']): Pick<CertificateOptions, 'notBefore' | 'notAfter'> => ({
  notBefore: daysAfterNow(options.get('from'), -30),
  notAfter: daysAfterNow(options.get('to'), 335),
});

/** `NAME [from=DAYS] [to=DAYS] [by=NAME]`: a root, or an intermediate signed by the root `by`. */
export const authority = (words: string): Made =>
  once(`ca ${words}`, () => {
    const { names, options } = wishOf(words);
    const by = options.get('by');
    const cn = names[0] ?? 'root';
    // One name, one key: a root, its renewal and its cross-sign differ in the words behind the name only.
    const slot = `ca ${cn}`;
    return makeCa({ cn, slot, ...validity(options), ...(by === undefined ? {} : { ca: authority(by) }) });
  });

/** `NAME ... [cn=NAME|none] [from=DAYS] [to=DAYS] [by=NAME] [key=KIND] [hash=sha1] [aia=URL]`: names and addresses become SANs. */
const leaf = (words: string): Made =>
  once(`leaf ${words}`, () => {
    const { names, options } = wishOf(words);
    const isAddress = (name: string) => /^[\d.]+$|:/.test(name);
    const cn = options.get('cn') ?? names.find((name) => !isAddress(name)) ?? 'example';
    return makeLeaf({
      cn: cn === 'none' ? null : cn,
      ...validity(options),
      ca: authority(options.get('by') ?? 'root'),
      key: (options.get('key') ?? 'p256') as KeyKind,
      sans: names.filter((name) => !isAddress(name)),
      ips: names.filter(isAddress),
      hash: options.get('hash') === 'sha1' ? 'sha1' : 'sha256',
      ...(options.has('aia') ? { aia: options.get('aia')! } : {}),
    });
  });

/** How a bundle is damaged by `as=FORM`. */
const forms: Readonly<Record<string, (pem: string) => string | Buffer>> = {
  der: (pem) => derOf(pem),
  'base64-twice': (pem) => Buffer.from(pem).toString('base64'),
  indented: (pem) => pem.replace(/^(?=.)/gm, '  '),
  bom: (pem) => `\ufeff${pem}`,
  glued: (pem) => pem.replaceAll('-----\n-----', '----------'),
  truncated: (pem) => pem.slice(0, -60),
  'crlf-and-text': (pem) => `subject=/CN=x\n${pem}\nend`.replaceAll('\n', '\r\n'),
  'literal-newlines': (pem) => pem.replaceAll('\n', '\\n'),
};

/** What `${key}`, `${key other}` ... stand for, given the certificate above. */
const keyForms: Readonly<Record<string, (of: Made) => string>> = {
  '': (of) => of.key().toString(),
  other: () => leaf('unrelated').key().toString(),
  traditional: (of) => of.traditionalKey().toString(),
  encrypted: (of) => of.encryptedKey().toString(),
};

const placeholder = /\$\{(cert|key|ca|crl)(?: ([^}]*))?\}/g;

/**
 * Replaces the placeholders of an example, each by text on its own line, so that line numbers stay:
 * `${cert NAMES [options]}` a certificate (see leaf), several separated by `;` a bundle in this order, in which `ca NAME` is an authority; `as=FORM` damages it (see forms);
 * `${key}` the private key of the certificate above it, `${key other}` of none, `${key traditional}`, `${key encrypted}`;
 * `${ca NAME [options]}` an authority, that which signs when nothing is said, several separated by `;`; `${crl NAME [from=DAYS] [to=DAYS]}`
 * the revocation list of one. Base64 under `data:` of a Secret, else a quoted text.
 */
export function expand(yaml: string): string {
  const lines = yaml.split('\n');
  let last: Made | null = null;
  for (const [index, line] of lines.entries()) {
    lines[index] = line.replace(placeholder, (_, kind: string, words = '') => {
      let text: string | Buffer;
      if (kind === 'key') {
        if (!last || !keyForms[words])
          throw new Error(`line ${index + 1}: \${key ${words}} needs a certificate above it`);
        text = keyForms[words](last);
      } else if (kind === 'ca') {
        const parts = (words || 'root').split(';') as readonly string[];
        text = parts.map((part) => authority(part.trim()).pem).join('');
      } else if (kind === 'crl') {
        const { names, options } = wishOf(words);
        const { notBefore, notAfter } = validity(options);
        text = makeCrl({ ca: authority(names[0] ?? 'root'), thisUpdate: notBefore!, nextUpdate: notAfter! });
      } else {
        const parts = (words as string).split(';').map((part) => part.trim());
        const bundle = parts.map((part) => (part.startsWith('ca ') ? authority(part.slice(3)) : leaf(part)));
        // The key is the server's, wherever its certificate stands.
        last = bundle[parts.findIndex((part) => !part.startsWith('ca '))] ?? bundle[0]!;
        const form = wishOf(words).options.get('as');
        text = bundle.map((one) => one.pem).join('');
        if (form !== undefined) text = forms[form]!(text);
      }
      return inSecretData(lines, index)
        ? Buffer.from(text as string).toString('base64')
        : JSON.stringify(text.toString());
    });
  }
  return lines.join('\n');
}

/** True under `data:` of a Secret, the only place where values are base64. */
function inSecretData(lines: readonly string[], index: number): boolean {
  const start = lines.slice(0, index).findLastIndex((line) => line.trimEnd() === '---') + 1;
  const document = lines.slice(start, index);
  const field = document.findLast((line) => /^\w+:/.test(line)) ?? '';
  return document.some((line) => /^kind: Secret\b/.test(line)) && field.startsWith('data:');
}
