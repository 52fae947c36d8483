import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElement } from '../../src/x509/der.ts';
import { readName } from '../../src/x509/distinguished-name.ts';

const element = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, 0x82, body.length >> 8, body.length & 0xff), body]);
};
/** In the shortest form, as DER wants it. */
const short = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(contents);
  return body.length < 0x80 ? Buffer.concat([Buffer.of(tag, body.length), body]) : element(tag, body);
};

/** The name with this common name, as UTF8String. */
function textOf(commonName: string): string | undefined {
  const oid = short(0x06, Buffer.from('550403', 'hex'));
  const der = short(0x30, short(0x31, short(0x30, oid, short(0x0c, Buffer.from(commonName, 'utf8')))));
  return readName(der, readElement(der, 0, der.length)!)?.text;
}

describe('the text of a name', () => {
  it.each([
    ['a.example.com', 'a.example.com'],
    ['*.example.com', '*.example.com'],
    ['My Company 2', 'My Company 2'],
    ['#a', '\\#a'],
    [' a', '\\ a'],
    ['a ', 'a\\ '],
    [' ', '\\ '],
    ['a,b+c"d\\e<f>g;h', 'a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
    ['a\nb', 'a\\0ab'],
    ['a\u2028b', 'a\\e2\\80\\a8b'],
    ['ü', 'ü'],
    ['', ''],
  ])('%j as RFC 4514 writes it', (commonName, text) => expect(textOf(commonName)).toBe(`CN=${text}`));
  it('leads back to the name, whatever it is', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab1 .*-_#,+"\\<>;=:/\n\u0085ü'), maxLength: 12 });
    fc.assert(
      fc.property(name, (commonName) => {
        const text = textOf(commonName)!.slice('CN='.length);
        const back = text.replace(/((?:\\[0-9a-f]{2})+)|\\(.)/g, (_, bytes: string | undefined, char: string) =>
          bytes === undefined ? char : Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
        );
        expect(back).toBe(commonName);
      }),
    );
  });
});
