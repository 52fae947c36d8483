// Bundles src/cli/main.ts into dist/tlsgw.cjs and every heavy library it needs into a file of its own that is read on
// first use. Plain JavaScript: `prepare` runs it on Node 20, which reads no TypeScript.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv.indexOf('--out');
/** Where the bundles go: dist/, or the folder after --out. */
const dist = out === -1 ? `${root}dist` : process.argv[out + 1];

/** Libraries that most runs do not need: file of dist/ -> the packages in it. */
const lazyFiles = {
  undici: ['undici'],
  kubernetes: ['@kubernetes/client-node'],
  x509: ['@peculiar/x509'],
  re2js: ['re2js'],
  table: ['cli-table3'],
};
/** Own files of that kind, which must be imported by import(): file of dist/ -> source. */
const lazySources = { pages: 'src/pages/expand.ts' };
const lazyPackages = new Map(Object.entries(lazyFiles).flatMap(([file, names]) => names.map((name) => [name, file])));

/** Of big packages only what src/ uses, so that the rest is left out. */
const parts = {
  '@kubernetes/client-node': ['KubeConfig', 'PortForward'],
  undici: ['Agent', 'ProxyAgent', 'Socks5ProxyAgent', 'request'],
};

/** Packages whose only export is a class. */
const classOnly = new Set(['cli-table3']);

/** Parts of @oclif/core that a bundled program with a hand-made plugin object never calls. */
const stubs = {
  tinyglobby: 'module.exports = { glob: async () => [] };',
  minimatch: 'module.exports = { minimatch: () => false };',
  lilconfig:
    'module.exports = { lilconfig: () => ({ search: async () => null }), lilconfigSync: () => ({ search: () => null }) };',
  // DEBUG=oclif: prints how plugins are found, and there are none.
  debug: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  'cli-spinners': 'module.exports = new Proxy({}, { get: () => ({ interval: 80, frames: ["-"] }) });',
  // It asks node:tty at once, which loads net; chalk is told its level (src/cli/color.ts).
  '#supports-color': 'module.exports = { stdout: false, stderr: false };',
  // Our help texts name values as `<%= config.bin %>` and nothing else; emoji in them only need a width.
  ejs: 'module.exports = { render: (text, context) => text.replace(/<%= ([\\w.]+) %>/g, (_, path) => path.split(".").reduce((of, key) => of[key], context)) };',
  'emoji-regex': 'module.exports = () => /\\p{Emoji_Presentation}/gu;',
  // Only to find out which version an oclif plugin in development uses.
  typescript: '',
};
const oclifStubs = {
  './ts-path': 'exports.tsPath = async (root, path) => path; exports.TS_CONFIGS = {};',
  // Themes of the user's, manifests and package.json files: ours are in the bundle.
  '../util/fs': 'exports.safeReadJson = async () => undefined; exports.existsSync = () => false;',
  // It asks the operating system for the user's shell, which only examples in help texts for Windows need.
  '../util/os': `exports.getHomeDir = () => ''; exports.getPlatform = async () => process.platform; exports.getShell = async () => 'sh';`,
};

/** What takes 1 to 6 ms to load and most runs never call: parts of Node, and chalk for a pipe. Loaded on first use. */
const lazyModules = ['chalk', 'child_process', 'crypto', 'fs/promises', 'perf_hooks', 'readline'];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Short names start 5 ms faster, with the code cache too; --readable keeps them for a stack trace (TLSGW_DEBUG=1).
  minifyIdentifiers: !process.argv.includes('--readable'),
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
  write: false,
  metafile: true,
  // import() becomes require(): nothing in the bundle needs the ES module loader, which costs 10 ms to start.
  // `{ ...a, b }` gives each object a hidden class of its own in Node 20 (V8 11.3), so that everything which reads them
  // becomes slow: js-yaml's parser takes twice as long. As calls of a helper they share one (fastSpread).
  supported: { 'dynamic-import': false, 'object-rest-spread': false },
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** @param {Set<string>} used receives the lazy packages and stubs that the bundle refers to. */
function plugin(used) {
  const escaped = (names) => new RegExp(`^(${names.map((n) => n.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})$`);
  return {
    name: 'tlsgw',
    setup(b) {
      b.onResolve({ filter: escaped([...lazyPackages.keys()]) }, (args) => {
        used.add(args.path);
        return { path: args.path, namespace: 'lazy' };
      });
      b.onLoad({ filter: /.*/, namespace: 'lazy' }, async (args) => ({
        contents: await lazyModule(args.path),
        loader: 'js',
      }));
      b.onResolve({ filter: /.*/, namespace: 'lazy' }, (args) => ({ path: args.path, external: true }));

      b.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const source = relative(root, resolve(resolveDir, path));
        const file = Object.keys(lazySources).find((name) => lazySources[name] === source);
        if (file === undefined) return undefined;
        used.add(source);
        return { path: `./${file}.cjs`, external: true };
      });

      b.onLoad({ filter: /oclif\.manifest\.json$/ }, (args) => ({
        contents: lazyManifest(JSON.parse(readFileSync(args.path, 'utf8'))),
        loader: 'js',
      }));
      b.onLoad({ filter: /@oclif\/core\/lib\/.*\.js$/ }, (args) => ({
        contents: lazyRequires(args.path, readFileSync(args.path, 'utf8'), used),
        loader: 'js',
      }));

      b.onResolve({ filter: escaped(lazyModules.flatMap((name) => [name, `node:${name}`])) }, (args) =>
        args.namespace === 'lazy-module'
          ? undefined
          : { path: args.path.replace('node:', ''), namespace: 'lazy-module' },
      );
      // esbuild takes over the prototype of a CommonJS module, so that a proxy there answers for names it does not know.
      b.onLoad({ filter: /.*/, namespace: 'lazy-module' }, (args) => ({
        contents: `let m; const get = (_, name) => (m ??= require('${args.path}'))[name];
          module.exports = Object.create(new Proxy({}, { get }));`,
        loader: 'js',
        resolveDir: root,
      }));

      b.onResolve({ filter: escaped(Object.keys(stubs)) }, (args) => {
        used.add(args.path);
        return { path: args.path, namespace: 'stub' };
      });
      b.onLoad({ filter: /.*/, namespace: 'stub' }, (args) => ({ contents: stubs[args.path], loader: 'js' }));
      b.onResolve({ filter: escaped(Object.keys(oclifStubs)) }, (args) => {
        if (!args.importer.includes('@oclif/core')) return undefined;
        used.add(args.path);
        return { path: args.path, namespace: 'oclif-stub' };
      });
      b.onLoad({ filter: /.*/, namespace: 'oclif-stub' }, (args) => ({
        contents: oclifStubs[args.path],
        loader: 'js',
      }));
    },
  };
}

/**
 * Makes every require() of a file of @oclif/core happen on first use. TypeScript compiled these files, so that what they
 * require is only ever used as `x_1.name`, which a proxy can answer later.
 */
function lazyRequires(path, source, used) {
  let text = source.replace(
    /^(?:const|var) (\w+) = ((?:__importDefault|__importStar)\()?require\(("[^"]+")\)\)?;$/gm,
    (_, name, wrap, id) => `const ${name} = __tlsgwLazy(() => ${wrap ? `${wrap}require(${id}))` : `require(${id})`});`,
  );
  if (path.endsWith('/lib/command.js')) {
    // Touching process.stdout loads net and tty, 3 ms; src/cli/output.ts deals with readers that go away.
    text = text.replace(/^process\.stdout\.on\('error'[\s\S]*?^\}\);$/m, () => {
      used.add('process.stdout.on');
      return '';
    });
  }
  const helper =
    'const __tlsgwLazy = (load) => { let m; return new Proxy({}, { get: (_, k) => (m ??= load())[k] }); };';
  return text === source ? source : `${helper}\n${text}`;
}

/** The manifest with each command parsed when it is asked for: a run needs one of them. */
function lazyManifest({ commands }) {
  const getters = Object.entries(commands).map(
    ([id, command]) => `get ${JSON.stringify(id)}() { return parse(${JSON.stringify(JSON.stringify(command))}); }`,
  );
  return `const parse = (text) => JSON.parse(text);\nexport default { commands: { ${getters.join(', ')} } };`;
}

/** A stand-in whose exports read the real library on first use, so that even static imports cost nothing. */
async function lazyModule(name) {
  const load = `const load = () => require('./${lazyPackages.get(name)}.cjs')[${JSON.stringify(name)}];`;
  if (classOnly.has(name))
    return `${load}\nmodule.exports = function (...args) { return new (load().default)(...args); };`;
  return `${load}\n${await lazyNames(name)}`;
}

/** Getters for everything that a module exports. */
async function lazyNames(name) {
  const names =
    parts[name] ?? Object.keys(await import(name)).filter((key) => key !== 'default' && key !== 'module.exports');
  const getters = names.map(
    (key) => `${JSON.stringify(key)}: { enumerable: true, get: () => load()[${JSON.stringify(key)}] }`,
  );
  return `Object.defineProperties(exports, { ${getters.join(', ')} });`;
}

/**
 * Replaces esbuild's helpers for `{ ...a, b }` by one that is five times as fast: it assigns instead of defining each
 * property by a descriptor. Only `__proto__`, which may be a key of the user's, is defined.
 */
export function fastSpread(text) {
  const helpers =
    /([\w$]+)=\((\w),(\w)\)=>\{for\(var (\w+) in \3\|\|=\{\}\)[^}]*\}?[^}]*;return \2\},([\w$]+)=\(\w,\w\)=>[\w$]+\(\w,[\w$]+\(\w\)\);/;
  if (!helpers.test(text)) throw new Error("tools/build.mjs: esbuild's helpers for object spreads look different now");
  return text.replace(
    helpers,
    (_, values, a, b, key, props) =>
      `${values}=(${a},${b})=>{for(var ${key} in ${b})if(${key}==="__proto__")Object.defineProperty(${a},${key},{value:${b}[${key}],enumerable:true,configurable:true,writable:true});else ${a}[${key}]=${b}[${key}];return ${a}},${props}=${values};`,
  );
}

/**
 * The file that bin/run.js compiles: the function around a CommonJS module, which it would otherwise put around the text
 * on every start (2 ms for a copy of 900 kB), and in the first bytes the hash of the content that names the code cache.
 */
function wrapped(text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24);
  return `/*${hash}*/(function (exports, require, module, __filename, __dirname) {${text}\n})`;
}

/** Writes atomically, so that a run in parallel never sees half a file. */
function install(name, text) {
  const path = `${dist}/${name}`;
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // not there yet
  }
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

/** Returns the text of the bundle and the lazy packages it refers to. */
async function bundle(entry, extra = {}) {
  const used = new Set();
  const result = await build({ ...common, plugins: [plugin(used)], entryPoints: [entry], ...extra });
  return {
    text: fastSpread(result.outputFiles[0].text),
    inputs: Object.values(result.metafile.outputs)[0].inputs,
    used,
  };
}

/** Imports a package, or the parts of it that are used, as one object. */
function importOf(name, as) {
  if (!parts[name]) return `import * as ${as} from '${name}';`;
  return `import { ${parts[name].join(', ')} } from '${name}';\nconst ${as} = { ${parts[name].join(', ')} };`;
}

async function lazyBundle(file) {
  const names = lazyFiles[file];
  const contents = [
    // It registers itself globally and @peculiar/x509 refuses to start without it.
    file === 'x509' ? "import 'reflect-metadata';" : '',
    ...names.map((name, i) => importOf(name, `package${i}`)),
    `export { ${names.map((name, i) => `package${i} as ${JSON.stringify(name)}`).join(', ')} };`,
  ].join('\n');
  const result = await build({ ...common, stdin: { contents, resolveDir: root, loader: 'js' } });
  return { text: result.outputFiles[0].text, inputs: Object.values(result.metafile.outputs)[0].inputs };
}

/** Fails when a stub stands for nothing any more: @oclif/core has changed, and what it does instead is unknown. */
function checkStubs(used) {
  const unused = [...Object.keys(stubs), ...Object.keys(oclifStubs)].filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`tools/build.mjs stubs what nothing imports: ${unused.join(', ')}`);
}

/** Builds everything; returns the sizes and what went into the offline bundle (for the start-up guard). */
export async function buildAll() {
  mkdirSync(dist, { recursive: true });
  const main = await bundle('src/cli/main.ts');
  checkStubs(main.used);
  install('tlsgw.cjs', wrapped(main.text));
  const sizes = { 'tlsgw.cjs': main.text.length };
  const folders = { 'tlsgw.cjs': packageFolders(main.inputs) };
  for (const file of Object.keys(lazyFiles)) {
    if (lazyFiles[file].some((name) => main.used.has(name))) {
      const lazy = await lazyBundle(file);
      const text = wrapped(lazy.text);
      install(`${file}.cjs`, text);
      sizes[`${file}.cjs`] = text.length;
      folders[`${file}.cjs`] = packageFolders(lazy.inputs);
    } else {
      rmSync(`${dist}/${file}.cjs`, { force: true });
    }
  }
  for (const [file, source] of Object.entries(lazySources)) {
    if (!main.used.has(source)) throw new Error(`tools/build.mjs: nothing imports ${source} on first use`);
    const own = await bundle(source);
    const text = wrapped(own.text);
    install(`${file}.cjs`, text);
    sizes[`${file}.cjs`] = text.length;
    folders[`${file}.cjs`] = packageFolders(own.inputs);
  }
  install('inputs.json', `${JSON.stringify(Object.fromEntries(packages(main.inputs)), null, 2)}\n`);
  install('packages.json', `${JSON.stringify(folders, null, 2)}\n`);
  return sizes;
}

/** Bytes per package (or folder of src/) in a bundle, largest first. */
function packages(inputs) {
  const sum = {};
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? path.match(/^src\/[^/]+/)?.[0] ?? path;
    sum[name] = (sum[name] ?? 0) + bytesInOutput;
  }
  return Object.entries(sum).sort((a, b) => b[1] - a[1]);
}

/** Folders of the packages in a bundle, nested ones too: notices and the list of parts are made of them. */
function packageFolders(inputs) {
  const folders = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0
      ? (path.match(/(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/)?.[1] ?? [])
      : [],
  );
  return [...new Set(folders)].sort();
}

/** Prints the sizes of the files that were built. */
export function report(sizes) {
  console.log(
    Object.entries(sizes)
      .map(([name, bytes]) => `dist/${name} ${Math.round(bytes / 1024)} KB`)
      .join(', '),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report(await buildAll());
