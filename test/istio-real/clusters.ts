import * as yaml from 'js-yaml';
import { recordedCases, recordedRandom } from '../conformance/oracle.ts';
import { numbers } from '../numbers.ts';
import { admissible } from './admissible.ts';
import { type Body, body, documentsOf, lastOfEach, text } from './documents.ts';
import { type Pool, poolOf, spotsOf } from './pool.ts';

/** A cluster that nobody has recorded. */
export interface Cluster {
  readonly name: string;
  readonly yaml: string;
}

/** Kinds that change, and kinds of which a cluster gets more; as often as they are here. */
const CHANGED = ['Gateway', 'VirtualService', 'Service', 'Deployment', 'ConfigMap', 'DestinationRule', 'ServiceEntry'];
const ADDED = [
  ...['Gateway', 'Gateway', 'VirtualService', 'VirtualService', 'VirtualService'],
  ...['Service', 'Secret', 'DestinationRule', 'ServiceEntry'],
];
const MOST_ADDED = 4;
const MOST_CHANGES = 6;

/** Kubernetes Gateway API and Ingress are not compiled by us. */
const isOurs = ({ apiVersion }: Body): boolean =>
  !/^(?:gateway\.networking|networking)\.k8s\.io\//.test(text(apiVersion));

/** What the objects of the recorded clusters offer. */
interface Material {
  readonly clusters: readonly (readonly Body[])[];
  readonly byKind: ReadonlyMap<string, readonly Body[]>;
  readonly pool: Pool;
}

function materialOf(texts: readonly string[]): Material {
  const clusters = texts.map((text) => documentsOf(text).filter(isOurs));
  const all = clusters.flat();
  const kinds = new Set([...CHANGED, ...ADDED]);
  const byKind = new Map([...kinds].map((kind) => [kind, all.filter((document) => document['kind'] === kind)]));
  return { clusters, byKind, pool: poolOf(CHANGED.flatMap((kind) => byKind.get(kind)!)) };
}

interface Dice {
  readonly below: (limit: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

function diceOf(seed: number): Dice {
  const random = numbers(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return { below, pick: (items) => items[below(items.length)]! };
}

/** Changes one place of an object, to what stands at such places elsewhere. */
function change(document: Body, pool: Pool, { below, pick }: Dice): void {
  const spots = spotsOf(document);
  if (spots.length === 0) return;
  const { path, parent, key } = pick(spots);
  const other = () => structuredClone(pick(pool.get(path) ?? [null]));
  const chance = below(100);
  if (Array.isArray(parent)) {
    if (chance < 22) parent.push(other());
    else if (chance < 27 && parent.length > 1) parent.splice(Number(key), 1);
    else parent[Number(key)] = other();
  } else if (chance < 12) delete parent[key];
  else if (chance < 27) addNeighbour(parent, path, pool, pick);
  else parent[key] = other();
}

/** A key that other objects have beside this one. */
function addNeighbour(parent: Record<string, unknown>, path: string, pool: Pool, pick: Dice['pick']): void {
  const around = pool.get(path.replace(/\.[^.]*$/, ''));
  const missing = Object.entries(body(around && pick(around))).filter(([name]) => parent[name] === undefined);
  if (missing.length === 0) return;
  const [name, value] = pick(missing);
  parent[name] = structuredClone(value);
}

function shuffled<T>(items: readonly T[], { below }: Dice): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

function newCluster({ clusters, byKind, pool }: Material, dice: Dice): Body[] {
  const documents = [...dice.pick(clusters)];
  for (let added = dice.below(MOST_ADDED + 1); added > 0; added--) {
    const ofKind = byKind.get(dice.pick(ADDED))!;
    if (ofKind.length > 0) documents.push(dice.pick(ofKind));
  }
  const own = structuredClone(documents);
  const changeable = own.filter((document) => CHANGED.includes(text(document['kind'])));
  for (let changes = dice.below(MOST_CHANGES + 1); changes > 0 && changeable.length > 0; changes--) {
    change(dice.pick(changeable), pool, dice);
  }
  const admitted = own.map(admissible).filter((document) => document !== null);
  return shuffled(lastOfEach(admitted), dice);
}

/** YAML 1.1 is what quotes all that kubectl would read as something else. */
const yamlOf = (documents: readonly Body[]): string =>
  documents
    .map((document) => yaml.dump(document, { schema: yaml.YAML11_SCHEMA, noRefs: true, lineWidth: -1 }))
    .join('---\n');

/** The recorded clusters as material; `sds://` is newer than the harness's istiod (D16). */
const recordedTexts = (): string[] =>
  [...recordedCases('cases'), ...recordedRandom()].flatMap((c) => (c.yaml.includes('sds://') ? [] : [c.yaml]));

/** New clusters out of objects and values of the recorded ones; the same ones for the same seed. */
export function randomClusters(count: number, seed: number, texts = recordedTexts()): Cluster[] {
  const material = materialOf(texts);
  const dice = diceOf(seed);
  return Array.from({ length: count }, (_, i) => ({ name: `${seed}-${i}`, yaml: yamlOf(newCluster(material, dice)) }));
}
