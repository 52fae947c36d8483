import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';

export interface Answer {
  readonly name: string;
  readonly yaml: string;
  readonly listeners: string;
  readonly routes: string;
  readonly secrets: string;
  readonly config: unknown;
}

const ROOT = new URL('../oracle/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** Every recorded workload of one folder of cases, with the input it was built from. */
export function recorded(folder: 'cases' | 'cases-gateway-api'): Answer[] {
  return readdirSync(new URL(`${folder}/`, ROOT)).flatMap((name) =>
    readdirSync(new URL(`${folder}/${name}/expected/`, ROOT)).map((workload) => {
      const at = `${folder}/${name}/expected/${workload}`;
      return {
        name: `${name} ${workload}`,
        yaml: read(`${folder}/${name}/input.yaml`),
        listeners: read(`${at}/listeners.txt`),
        routes: read(`${at}/routes.txt`),
        secrets: read(`${at}/secrets.txt`),
        config: JSON.parse(read(`${at}/config.json`)),
      };
    }),
  );
}

interface RandomCluster {
  readonly name: string;
  readonly yaml: string;
  readonly results: readonly (Omit<Answer, 'name' | 'yaml'> & { readonly workload: string })[];
}

/** Every workload of the random clusters. */
export function randomClusters(): Answer[] {
  const lines = gunzipSync(readFileSync(new URL('random/clusters.jsonl.gz', ROOT)))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const cluster = JSON.parse(line) as RandomCluster;
    return cluster.results.map((r) => ({ ...r, name: `${cluster.name} ${r.workload}`, yaml: cluster.yaml }));
  });
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

interface Stored {
  readonly data?: Record<string, string> | null;
  readonly stringData?: Record<string, string> | null;
  readonly binaryData?: Record<string, string> | null;
}

/** The certificates in the Secrets and ConfigMaps of an input, by the sha256 of their DER. */
export function certificatesIn(yaml: string): Map<string, X509Certificate> {
  const found = new Map<string, X509Certificate>();
  for (const document of loadAll(yaml) as (Stored | null)[]) {
    const encoded = Object.values({ ...document?.data, ...document?.binaryData });
    const texts = [
      ...encoded.map((value) => Buffer.from(String(value), 'base64').toString('latin1')),
      ...encoded.map(String),
      ...Object.values(document?.stringData ?? {}).map(String),
    ];
    for (const [block] of texts.flatMap((text) => [...text.matchAll(PEM)])) {
      try {
        const certificate = new X509Certificate(block);
        found.set(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), certificate);
      } catch {
        // A broken certificate is recorded as unparsable, nobody asks for it.
      }
    }
  }
  return found;
}
