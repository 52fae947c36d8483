#!/usr/bin/env node
// Loads dist/tlsgw.cjs with its compiled code from the last run, which halves the start. CommonJS (bin/package.json),
// because the ES module loader alone takes 5 ms.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, '..', 'dist');
const loaded = new Map();
const stores = [];
/** For all files that are read: memory that is fresh from the system costs more than reading does. */
let buffer = Buffer.alloc(0);

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

/** Reads the first bytes of a file into `buffer`; false when it holds fewer. */
function readStart(fd, size) {
  if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(Math.max(size, 4e6));
  return fs.readSync(fd, buffer, 0, size, 0) === size;
}

/** Returns the text of a file of dist/, which is ASCII. */
function readSource(file) {
  const fd = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    readStart(fd, size);
    return buffer.latin1Slice(0, size);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Reads a cache file: the code (first, since V8 copies what is not aligned), the list of what it was made from and the
 * length of that list; all of it twice. V8 does not check the bytes it is given (a flipped bit can crash the process),
 * and comparing two copies is the cheapest check there is.
 */
function readCache(file) {
  let fd;
  try {
    fd = fs.openSync(file, 'r');
    const { size, uid } = fs.fstatSync(fd);
    // Under sudo the directory may be another user's: never run what that user could have written.
    if (process.geteuid && uid !== process.geteuid()) return null;
    const half = size / 2;
    if (!Number.isInteger(half) || half < 4 || half > 32e6 || !readStart(fd, half)) return null;
    const part = Buffer.allocUnsafeSlow(65536);
    for (let at = 0; at < half; at += part.length) {
      const length = Math.min(part.length, half - at);
      if (fs.readSync(fd, part, 0, length, half + at) !== length) return null;
      if (buffer.compare(part, 0, length, at, at + length) !== 0) return null;
    }
    const end = half - 4 - buffer.readUInt32LE(half - 4);
    return { code: buffer.subarray(0, end), paths: buffer.toString('utf8', end, half - 4).split('\n') };
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
    const all = [code, list, length];
    fs.writeFileSync(part, Buffer.concat([...all, ...all]), { mode: 0o600, flag: 'wx' });
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
  const source = readSource(filename);
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
