#!/usr/bin/env node
// kubectl runs this for `kubectl tlsgw <TAB>`; it prints `value<TAB>description` lines and a directive.
process.argv.splice(2, 0, '__complete');
require('./run.js');
