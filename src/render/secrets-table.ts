import {
  type DeliveredCertificate,
  type EnvoyConfig,
  type SecretEntry,
  unknownBecause,
} from '../model/envoy-config.ts';
import { byBytes } from './order.ts';
import type { TableOptions } from './table-options.ts';
import { tabwriter } from './tabwriter.ts';
import { visible } from './visible.ts';

const HEADER = ['RESOURCE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'];

const certificateOf = (entry: SecretEntry): DeliveredCertificate | null =>
  entry.payload.kind === 'not-delivered' ? null : entry.payload.certificate;

const isWarming = (entry: SecretEntry): boolean => entry.payload.kind === 'not-delivered';

const timeText = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');

/** What istiod itself is asked for (H26): the mesh's own names and files have no `://`. Sorted by name. */
export const servedSecrets = (secrets: readonly SecretEntry[]): readonly SecretEntry[] =>
  secrets.filter((entry) => entry.name.includes('://')).sort((a, b) => byBytes(a.name, b.name));

function cells(entry: SecretEntry, now: Date): string[] {
  const certificate = certificateOf(entry);
  const status = isWarming(entry) ? 'WARMING' : 'ACTIVE';
  if (certificate === null) return [entry.name, '', status, 'false', '', '', ''];
  const valid = now > certificate.notBefore && now < certificate.notAfter;
  return [
    entry.name,
    certificate.isCa ? 'CA' : 'Cert Chain',
    status,
    String(valid),
    certificate.serial.padStart(32, '0'),
    timeText(certificate.notAfter),
    timeText(certificate.notBefore),
  ];
}

/** `istioctl proxy-config secret`, byte for byte (H21-H25): what is not delivered first, each part by name. */
export function secretsTable(config: Pick<EnvoyConfig, 'secrets'>, options: Pick<TableOptions, 'now'>): string {
  const served = servedSecrets(config.secrets);
  if (served.length === 0) return 'No active or warming secrets found.\n';
  const entries = [...served.filter(isWarming), ...served.filter((entry) => !isWarming(entry))];
  const domains = entries.map((entry) => certificateOf(entry)?.trustDomain ?? null);
  const rows = entries.map((entry) => cells(entry, options.now));
  // One certificate without a trust domain removes the whole column (H21).
  if (domains.includes(null)) return tabwriter([HEADER, ...rows], 5);
  return tabwriter([[...HEADER, 'TRUST DOMAIN'], ...rows.map((row, i) => [...row, domains[i] ?? ''])], 5);
}

/** The note for stderr: which rows say WARMING because nobody knows their Secret; '' when every Secret is known. */
export function unknownSecretsNote(secrets: readonly SecretEntry[]): string {
  const lines = servedSecrets(secrets).flatMap(({ name, payload }) => {
    const because = payload.kind === 'not-delivered' ? unknownBecause(payload.reason) : null;
    return because === null ? [] : [visible(`  ${name}: ${because}`)];
  });
  return lines.length === 0 ? '' : `note: WARMING stands for what is unknown here:\n${lines.join('\n')}\n`;
}
