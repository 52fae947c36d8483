import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printExample } from '../../src/cli/example.ts';
import { root, tlsgw } from './run.ts';

describe('explain --example', () => {
  it('shows the input, the finding in it, and the trace of the request that suffers', async () => {
    const { code, stdout, stderr } = await tlsgw(['explain', 'secret-not-found', '--example']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('# example.yaml: no such Secret\n# beside it ingress-gateway.yaml: The ingress gateway');
    expect(stdout).toContain('      credentialName: shop-tsl # warning: secret-not-found\n');
    expect(stdout).toContain('warning[secret-not-found]: the input has no Secret istio-system/shop-tsl');
    expect(stdout).toContain(' --> example.yaml:11:7  Gateway shop/shop spec.servers[0].tls.credentialName');
    expect(stdout.slice(stdout.indexOf('GET https'))).toMatch(
      /^GET https:\/\/shop\.example\.com\/ {3}at istio-system\/istio-ingressgateway\n {2}1\. service .* port 443 leads to port 8443 of the pod\n[\s\S]*certificate +kubernetes:\/\/shop-tsl is not delivered by istiod\n {2}=> reset, .*kubernetes:\/\/shop-tsl\): curl: \(35\) Recv failure: Connection reset by peer\n {5}warning\[secret-not-found\]: /,
    );
  });

  it('says why there is no request to trace, and where to look instead', async () => {
    const { code, stdout, stderr } = await tlsgw(['explain', 'unused-ignore', '--example']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('info[unused-ignore]: ');
    expect(stdout).toMatch(
      /\nno request to trace: it is about a comment in the input, which no client meets\nto look for it in your files: kubectl tlsgw lint PATH --rule unused-ignore --show-info\n$/,
    );
  });

  it('does not know a misspelt rule', async () => {
    const { code, stdout, stderr } = await tlsgw(['explain', 'secret-not-fuond', '--example']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('did you mean secret-not-found?');
  });

  it('leaves the page as it is without the flag', async () => {
    const { stdout } = await tlsgw(['explain', 'secret-not-found']);
    expect(stdout).toMatch(/^# secret-not-found\n/);
    expect(stdout).toContain('```trace\nkubectl tlsgw trace https://shop.example.com/\n=> reset');
  });

  it('prints no key and no certificate, whatever the rule', async () => {
    const ids = readdirSync(join(root, 'docs/rules')).filter((file) => file.endsWith('.md') && file !== 'README.md');
    for (const id of ids.map((file) => file.slice(0, -3))) {
      let text = '';
      const result = async (more: string) => {
        text += more;
      };
      const output = { note: () => {}, complaint: () => {}, result };
      await printExample(id, { root, cwd: root, color: 0, width: null, output });
      expect(text).toContain(`[${id}]: `);
      // An example may write the frame of a key out; what is made for the run is base64 of some length.
      const long = text.match(/[A-Za-z0-9+/]{64,}/g) ?? [];
      expect({ id, long }).toEqual({ id, long: [] });
    }
  });
});
