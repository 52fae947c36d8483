// Says so when Node is too old, in words that an old Node reads: everything else is behind a require().
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `error: kubectl tlsgw needs Node.js 20.19 or newer, and ${process.execPath} is ${process.version}\n` +
      'Install a newer one (https://nodejs.org/en/download), or name one: TLSGW_NODE=/path/to/node\n',
  );
  process.exitCode = 127;
} else {
  require('./run.js');
}
