/** What accompanies the archives: notices, the list of parts, checksums, the krew manifest. */
import { createHash } from 'node:crypto';
import type { Part } from './parts.ts';

/** What is released. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Seconds since 1970: the commit's time. */
  readonly time: number;
  /** Where the source and the releases are. */
  readonly homepage: string;
}

/** SHA-256 as lower-case hexadecimal. */
export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** The licences of everything that is bundled. */
export function notices(parts: readonly Part[]): string {
  const sections = parts.map(({ name, version, license, author, texts }) => {
    const text =
      texts.length > 0
        ? texts.join('\n\n')
        : `The package holds no licence file; it says ${license}${author === '' ? '' : `, by ${author}`}.`;
    return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
  });
  return `kubectl-tlsgw contains code of the following packages.\n\n${sections.join('\n')}`;
}

const purl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** A UUID made of a hash: the same content has the same serial number. */
function uuidOf(text: string): string {
  const hex = [...sha256(text).slice(0, 32)];
  hex[12] = '8';
  hex[16] = 'a';
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const licences = (expression: string) =>
  /^[\w.-]+$/.test(expression) ? [{ license: { id: expression } }] : [{ expression }];

/** The software bill of materials, CycloneDX 1.5. */
export function billOfMaterials(
  release: Release,
  parts: readonly Part[],
  archives: Readonly<Record<string, Buffer>>,
): string {
  const self = purl(release.name, release.version);
  const components = parts.map(({ name, version, license, files }) => {
    const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
    return {
      type: 'library',
      'bom-ref': purl(name, version),
      ...(group === undefined ? {} : { group }),
      name: short,
      version,
      licenses: licences(license),
      purl: purl(name, version),
      properties: files.map((file) => ({ name: 'kubectl-tlsgw:bundled-in', value: `dist/${file}` })),
    };
  });
  const body = {
    metadata: {
      timestamp: new Date(release.time * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': self,
        name: release.name,
        version: release.version,
        description: release.description,
        licenses: licences('Apache-2.0'),
        purl: self,
        components: Object.entries(archives).map(([name, bytes]) => ({
          type: 'file',
          'bom-ref': name,
          name,
          hashes: [{ alg: 'SHA-256', content: sha256(bytes) }],
        })),
      },
    },
    components,
    dependencies: [
      { ref: self, dependsOn: components.map((component) => component['bom-ref']) },
      ...components.map((component) => ({ ref: component['bom-ref'] })),
    ],
  };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(body))}`,
    version: 1,
  };
  return `${JSON.stringify({ $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json', ...bom, ...body }, null, 2)}\n`;
}

/** Lines that `sha256sum -c` takes. */
export const checksums = (files: Readonly<Record<string, Buffer | string>>): string =>
  Object.keys(files)
    .sort()
    .map((name) => `${sha256(files[name]!)}  ${name}\n`)
    .join('');

/** The manifest of the plugin manager krew, for the archive with the launcher. */
export const krewManifest = (
  release: Release,
  archive: string,
  bytes: Buffer,
  folder: string,
): string => `apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: tlsgw
spec:
  version: v${release.version}
  homepage: ${release.homepage}
  shortDescription: Why does TLS not work at an Istio gateway
  description: |
    Compiles Gateways, VirtualServices, Services and Secrets as istiod does, and
    names each defect: where it is, what clients see, and how to fix it. Reads a
    cluster or files, and checks YAML before it is merged.
  caveats: |
    This plugin needs Node.js 20.19 or newer, as "node" on the PATH or named by
    the environment variable TLSGW_NODE.
  platforms:
  - selector:
      matchExpressions:
      - {key: os, operator: In, values: [darwin, linux]}
    uri: ${release.homepage}/releases/download/v${release.version}/${archive}
    sha256: ${sha256(bytes)}
    bin: kubectl-tlsgw
    files:
    - from: ${folder}/*
      to: .
`;
