#!/usr/bin/env node
// Loads dist/tlsgw.cjs with its compiled code from the last run, which halves the start. CommonJS (bin/package.json),
// because the ES module loader alone takes 5 ms.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, '..', 'dist');
const loaded = new Map();
const stores = [];

/** The user's cache directory, or null: a shared one (as /tmp) would let others plant code. */
function cacheDirectory() {
  const { env } = process;
  // Compiled code hides functions from coverage, so a measured run has none.
  if (env.TLSGW_NO_CODE_CACHE === '1' || env.NODE_V8_COVERAGE) return null;
  const windows = process.platform === 'win32' ? env.LOCALAPPDATA : undefined;
  const base = [env.XDG_CACHE_HOME, windows, env.HOME && path.join(env.HOME, '.cache')].find(
    (p) => p && path.isAbsolute(p),
  );
  return base ? path.join(base, 'kubectl-tlsgw') : null;
}

/** Everything that V8 compares only loosely: content, engine, machine and the flags it runs with. */
function cacheName(file, source) {
  const content = /^\/\*([0-9a-f]{24})\*\//.exec(source)?.[1];
  if (!content) return null;
  let flags = 5381;
  for (const c of `${process.execArgv.join(' ')}|${process.env.NODE_OPTIONS ?? ''}`)
    flags = (flags * 33 + c.charCodeAt(0)) | 0;
  // One file per command, since each runs other functions and reading unused code costs time.
  const command = file === 'tlsgw.cjs' && /^[a-z]{1,16}$/.test(process.argv[2] ?? '') ? process.argv[2] : '';
  return `${file.slice(0, -4)}-${content}-${process.version}-${process.arch}-${(flags >>> 0).toString(36)}-${command}`;
}

/**
 * Reads a cache file: length of the list of what it was made from, that list, and the code twice. V8 does not check
 * the bytes it is given (a flipped bit can crash the process), and comparing two copies is the cheapest check there is.
 */
function readCache(file) {
  let fd;
  try {
    fd = fs.openSync(file, 'r');
    const { size, uid } = fs.fstatSync(fd);
    // Under sudo the directory may be another user's: never run what that user could have written.
    if (process.geteuid && uid !== process.geteuid()) return null;
    if (size < 4 || size > 64e6) return null;
    const bytes = Buffer.allocUnsafeSlow(size);
    if (fs.readSync(fd, bytes, 0, size, 0) !== size) return null;
    const start = 4 + bytes.readUInt32LE(0);
    const half = (size - start) / 2;
    if (!Number.isInteger(half) || half <= 0) return null;
    const code = bytes.subarray(start, start + half);
    if (code.compare(bytes, start + half) !== 0) return null;
    return { code, paths: bytes.toString('utf8', 4, start).split('\n') };
  } catch {
    return null;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** Writes beside the file and renames, so that runs in parallel see the old file or the new one. */
function writeCache(file, code, paths) {
  const part = `${file}.${process.pid}`;
  try {
    makeDirectory(path.dirname(file));
    const list = Buffer.from(paths.join('\n'));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(list.length);
    fs.writeFileSync(part, Buffer.concat([length, list, code, code]), { mode: 0o600, flag: 'wx' });
    fs.renameSync(part, file);
    forgetOldest(path.dirname(file));
  } catch {
    try {
      fs.unlinkSync(part);
    } catch {}
  }
}

/** Never makes a home directory, and not recursively: Node 20 does not end where the system refuses (/proc). */
function makeDirectory(directory) {
  for (const each of [path.dirname(directory), directory])
    if (!fs.existsSync(each)) fs.mkdirSync(each, { mode: 0o700 });
}

/** Other versions and killed runs leave files behind. */
function forgetOldest(directory) {
  const files = fs.readdirSync(directory).map((name) => path.join(directory, name));
  if (files.length <= 48) return;
  const aged = files.map((file) => ({ file, time: fs.statSync(file).mtimeMs })).sort((a, b) => a.time - b.time);
  for (const { file } of aged.slice(0, 24)) fs.unlinkSync(file);
}

/** require() for the files of dist/. */
function load(file) {
  const known = loaded.get(file);
  if (known) return known.exports;
  const filename = path.join(dist, file);
  const source = fs.readFileSync(filename, 'latin1');
  const directory = cacheDirectory();
  const name = directory && cacheName(file, source);
  const cache = name ? path.join(directory, name) : null;
  const cached = cache ? readCache(cache) : null;
  const script = new vm.Script(source, { filename, cachedData: cached?.code });
  const before = cached && !script.cachedDataRejected ? cached.paths : [];
  if (cache) stores.push({ cache, script, before });
  const module = { exports: {} };
  loaded.set(file, module);
  const inner = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  script.runInThisContext().call(module.exports, module.exports, inner, module, filename, dist);
  return module.exports;
}

/** Keeps the code of every path through the program that has been taken once: V8 compiles a function when it first runs. */
function store(taken) {
  for (const { cache, script, before } of stores) {
    const paths = [...new Set([...before, ...taken])];
    if (paths.length > before.length) writeCache(cache, script.createCachedData(), paths);
  }
}

/** The whole program, for everything but its version. */
function start() {
  let main;
  try {
    ({ main } = load('tlsgw.cjs'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write('error: kubectl tlsgw is not built; run: npm ci\n');
    process.exitCode = 70;
    return;
  }
  main(process.argv.slice(2), path.join(__dirname, '..')).then((taken) => {
    // null for a run that crashed: what it compiled may be the reason.
    if (taken) process.once('exit', () => store(taken));
  });
}

if (process.argv.length === 3 && process.argv[2] === '--version') {
  const { name, version } = require('../package.json');
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else start();
