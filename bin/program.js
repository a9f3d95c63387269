/**
 * Loads the built program with what V8 has made of it before, which lies beside it: to compile two
 * megabytes takes longer than all else before the first connection.
 *
 * V8 takes it only where it is its own work on this very text; any other Node.js compiles anew.
 */
'use strict';

const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** What the file exports, and how to keep what V8 has made of it until then. */
exports.load = (file) => {
  const compiled = `${file}.compiled`;
  // The bundler leaves nothing but ASCII in it, and so V8 has one byte a character to read.
  const script = new Script(wrap(readFileSync(file, 'latin1')), {
    filename: file,
    cachedData: contentOf(compiled),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports,
    keep: () => writeFileSync(compiled, script.createCachedData()),
  };
};

function contentOf(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
