import { type Cell, type Color, grid, type Tone } from './grid.ts';

/** What is to be said of a row, at a glance. */
export type Verdict = 'ok' | 'warning' | 'error' | 'undecided';

const TONE: Record<Verdict, Tone> = { ok: 'good', warning: 'warning', error: 'bad', undecided: 'open' };

/** One credential that a gateway needs; the caller knows the facts. */
export interface CertRow {
  /** SDS name. */
  readonly credential: string;
  /** Where istiod looks: `Secret istio-system/shop-tls`. */
  readonly lookedUp: string;
  /** `delivered`, or why not. */
  readonly state: string;
  readonly verdict: Verdict;
  readonly names: readonly string[];
  /** From the leaf's issuer upwards. */
  readonly issuers: readonly string[];
  /** `matches`, `does not match` ...; '' when there is no key to compare. */
  readonly key: string;
  readonly algorithm: string;
  /** null when there is no readable certificate. */
  readonly daysLeft: number | null;
}

const NONE = '-';

// More names make the row unreadable; `certs -o json` has them all.
const NAMES = 3;

const namesText = (names: readonly string[]): string =>
  names.length <= NAMES ? names.join(',') || NONE : `${names.slice(0, NAMES).join(',')} + ${names.length - NAMES} more`;

const CERTS = ['CREDENTIAL', 'LOOKED UP', 'STATE', 'NAMES', 'ISSUED BY', 'KEY', 'ALGORITHM', 'DAYS LEFT'];

/** `certs`: every credential with its place, delivery, names, issuers, key, algorithm and days left. */
export const certsTable = (rows: readonly CertRow[], options: { readonly color: Color }): Promise<string> =>
  grid(
    CERTS,
    rows.map((row): Cell[] => [
      row.credential,
      row.lookedUp,
      { text: row.state, tone: TONE[row.verdict] },
      namesText(row.names),
      row.issuers.join(' < ') || NONE,
      row.key || NONE,
      row.algorithm || NONE,
      row.daysLeft === null ? NONE : String(row.daysLeft),
    ]),
    options.color,
  );

/** One host on one port of a gateway; the caller knows the facts. */
export interface HostRow {
  readonly host: string;
  readonly port: number;
  /** TLS mode; '' for plain HTTP or TCP. */
  readonly tls: string;
  /** Credential or certificate; '' for none. */
  readonly certificate: string;
  /** null where there are no routes to count (PASSTHROUGH, TCP). */
  readonly routes: number | null;
  readonly verdict: Verdict;
  /** The rule or reason behind the verdict; '' when it is ok. */
  readonly because: string;
}

/** Why a Gateway that no known pod serves is undecided. */
export const NO_POD = 'no gateway pod in the input';

/** Reasons of questions are sentences, and stand below the table with the questions. */
const verdictText = ({ verdict, because }: HostRow): string =>
  because === '' ? verdict : `${verdict}: ${verdict === 'undecided' && because !== NO_POD ? 'see below' : because}`;

const HOSTS = ['HOST', 'PORT', 'TLS', 'CERTIFICATE', 'ROUTES', 'VERDICT'];

/** `hosts`: one row per host and port. */
export const hostsTable = (rows: readonly HostRow[], options: { readonly color: Color }): Promise<string> =>
  grid(
    HOSTS,
    rows.map((row): Cell[] => [
      row.host,
      String(row.port),
      row.tls || NONE,
      row.certificate || NONE,
      row.routes === null ? NONE : String(row.routes),
      { text: verdictText(row), tone: TONE[row.verdict] },
    ]),
    options.color,
  );
