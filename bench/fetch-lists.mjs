// What a bare program needs to fetch and parse what another one has asked of an API server: `node bench/fetch-lists.mjs
// URL FILE`. The file holds the requests; kinds are fetched side by side and the pages of a kind in turn, as there.
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

const [server, file] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 6 });

const fetchJson = ({ url, accept }) =>
  new Promise((resolve, reject) => {
    get(server + url, { agent, headers: { accept } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8'))));
    }).on('error', reject);
  });

const kinds = new Map();
for (const request of JSON.parse(readFileSync(file, 'utf8'))) {
  const kind = request.url.split('?')[0];
  kinds.set(kind, [...(kinds.get(kind) ?? []), request]);
}
const lists = await Promise.all(
  [...kinds.values()].map(async (pages) => {
    const items = [];
    for (const page of pages) items.push(...((await fetchJson(page)).items ?? []));
    return items;
  }),
);
agent.destroy();
console.log(lists.reduce((sum, items) => sum + items.length, 0));
