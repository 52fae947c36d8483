/** Ciphers that Envoy 1.38 takes, by the names of OpenSSL and of the TLS standard (each tried with Envoy itself). */
const standardNames: Readonly<Record<string, string>> = {
  'ECDHE-ECDSA-AES128-GCM-SHA256': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384': 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305': 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305': 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-SHA': 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'ECDHE-RSA-AES128-SHA': 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'ECDHE-ECDSA-AES256-SHA': 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'ECDHE-RSA-AES256-SHA': 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'AES128-GCM-SHA256': 'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'AES256-GCM-SHA384': 'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'AES128-SHA': 'TLS_RSA_WITH_AES_128_CBC_SHA',
  'AES256-SHA': 'TLS_RSA_WITH_AES_256_CBC_SHA',
  'DES-CBC3-SHA': 'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'ECDHE-ECDSA-AES128-SHA256': 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'ECDHE-RSA-AES128-SHA256': 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'PSK-AES128-CBC-SHA': 'TLS_PSK_WITH_AES_128_CBC_SHA',
  'PSK-AES256-CBC-SHA': 'TLS_PSK_WITH_AES_256_CBC_SHA',
  'ECDHE-PSK-AES128-CBC-SHA': 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA',
  'ECDHE-PSK-AES256-CBC-SHA': 'TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA',
  'ECDHE-PSK-CHACHA20-POLY1305': 'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
};

const groups =
  'ALL DEFAULT HIGH FIPS kRSA kECDHE kEECDH kPSK aRSA aECDSA aPSK RSA ECDHE EECDH ECDH ECDSA PSK AES AES128 AES256 AESGCM CHACHA20 3DES SHA SHA1 SSLv3 TLSv1 TLSv1.2';

const accepted = new Set([...Object.keys(standardNames), ...Object.values(standardNames), ...groups.split(' ')]);

const curves = new Set(
  'P-256 prime256v1 P-384 secp384r1 P-521 secp521r1 X25519 x25519 X25519Kyber768Draft00 X25519MLKEM768 MLKEM1024'.split(
    ' ',
  ),
);

/** The names in one cipher text; operators (`-A`, `!A`, `@X`) are not judged. */
const namesIn = (text: string): string[] =>
  /^[-!+@]/.test(text) ? [] : text.split(/[[\]|:+]/).filter((name) => name !== '' && !/^[-!+@]/.test(name));

/**
 * The names for which Envoy refuses a list of ciphers. The suites of TLS 1.3 are always on and cannot be listed: beside
 * another suite they have no effect, alone they leave the list empty, which is refused (measured with Envoy 1.38.3).
 */
export function refusedCiphers(texts: readonly string[]): string[] {
  const names = texts.flatMap(namesIn);
  const unknown = names.filter((name) => !accepted.has(name) && !isTls13Suite(name));
  const isEmpty = names.length > 0 && names.every(isTls13Suite);
  return isEmpty ? names : unknown;
}

/** True when Envoy refuses this curve, or one of several joined by `:`. */
export const isRefusedCurve = (text: string): boolean =>
  text !== '' && text.split(':').some((name) => !curves.has(name));

/** Suites of TLS 1.3 that Envoy has. */
export const isTls13Suite = (name: string): boolean =>
  ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].includes(name);

/** True when clients older than TLS 1.2 cannot use this cipher (measured: they get a handshake failure). */
export const needsTls12 = (name: string): boolean => /GCM|CHACHA20|SHA256|SHA384|CCM/.test(name);

/** The name that istiod and Envoy know for a cipher written in lower case or by its standard name; null for no cipher of theirs. */
export function opensslName(written: string): string | null {
  const upper = written.trim().toUpperCase();
  if (Object.hasOwn(standardNames, upper)) return upper;
  const found = Object.entries(standardNames).find(([, standard]) => standard === upper);
  return found ? found[0] : null;
}
