import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFirstCertificate } from '../../src/x509/certificate.ts';
import { allCases, type Case } from './mutations.ts';

/**
 * What Go's pem.Decode and x509.ParseCertificate, istiod's and istioctl's eyes, see in every case: answer -> names.
 * `TLSGW_GO=<go binary> npx vitest run test/x509/go.test.ts` records the answers anew.
 */
const CORPUS = new URL('./corpus/go-1.26.8.json', import.meta.url);
const NOTHING = 'nothing';

const PROGRAM = `package main
import ("crypto/sha256"; "crypto/x509"; "encoding/json"; "encoding/pem"; "fmt"; "os")
func main() {
	var in [][]byte
	json.NewDecoder(os.Stdin).Decode(&in)
	out := []string{}
	for _, bytes := range in {
		answer := "${NOTHING}"
		if block, _ := pem.Decode(bytes); block != nil {
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				answer = fmt.Sprintf("%x %x %d %d %v", c.SerialNumber, sha256.Sum256(c.Raw), c.NotBefore.Unix(), c.NotAfter.Unix(), c.IsCA)
			}
		}
		out = append(out, answer)
	}
	json.NewEncoder(os.Stdout).Encode(out)
}`;

const field = ({ ca, certificate }: Case): Buffer => ca ?? certificate;

function askGo(go: string, cases: readonly Case[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tlsgw-go-'));
  writeFileSync(join(folder, 'main.go'), PROGRAM);
  const input = JSON.stringify(cases.map((item) => field(item).toString('base64')));
  const { stdout } = spawnSync(go, ['run', join(folder, 'main.go')], { input, maxBuffer: 1 << 30 });
  rmSync(folder, { recursive: true });
  return JSON.parse(stdout.toString()) as readonly string[];
}

function ours(item: Case): string {
  const found = readFirstCertificate(field(item));
  if (found === null) return NOTHING;
  const seconds = (date: Date): number => date.getTime() / 1000;
  return `${found.serial} ${found.sha256} ${seconds(found.notBefore)} ${seconds(found.notAfter)} ${found.isCa}`;
}

describe('Go 1.26.8', () => {
  // Lists and keys are not what this reader is for.
  const cases = allCases().filter(({ name }) => !/^(san\.key|root-ca\.crl)/.test(name));

  it('reads the same first certificate', () => {
    if (process.env.TLSGW_GO !== undefined) {
      const recorded: Record<string, string[]> = {};
      askGo(process.env.TLSGW_GO, cases).forEach((answer, index) => {
        recorded[answer] = [...(recorded[answer] ?? []), cases[index]!.name];
      });
      writeFileSync(CORPUS, `${JSON.stringify(recorded, null, 1)}\n`);
    }
    const recorded = JSON.parse(readFileSync(CORPUS, 'utf8')) as Record<string, string[]>;
    const theirs = new Map(
      Object.entries(recorded).flatMap(([answer, names]) => names.map((name) => [name, answer] as const)),
    );
    const all = cases.map((item) => ({ name: item.name, ours: ours(item), theirs: theirs.get(item.name) }));
    expect(all.filter((one) => one.ours !== one.theirs)).toEqual([]);
    expect(all.length).toBe(theirs.size);
  });
});
