/**
 * The import table of the project: the one place that says which package may import which. `check-layers.mjs` holds
 * the manifests and project references against it, `dependency-cruiser.mjs` every import.
 *
 * - `may`: packages (or subpaths) that `src/` may import
 * - `types`: those that it may import only with `import type`
 * - `values`: folders under `src/` of those from which it may import more than types
 * - `codesOnly`: those of which it may import only the subpath `./codes`
 * - `files`: packages whose files it uses at run time, without importing them
 * - `bundled`: its build contains all that it imports, so these packages are devDependencies
 * - `node`: where under `src/` it may import Node's own modules (`true`: everywhere)
 *
 * What is not listed is forbidden, and what no file needs is not listed.
 */
export const layers = {
  '@assay/protocol': { dir: 'packages/shared/protocol', may: [], node: false },
  '@assay/measurement': {
    dir: 'packages/shared/measurement',
    may: ['@assay/protocol'],
    node: ['node-crypto.ts'],
  },
  '@assay/client': {
    dir: 'packages/attester/client',
    may: ['@assay/protocol', '@assay/measurement'],
    node: ['node/'],
  },
  '@assay/react-native': {
    dir: 'packages/attester/react-native',
    // Types only: Metro does not shake trees, so every import makes every app larger.
    may: ['@assay/protocol', '@assay/client'],
    types: ['@assay/protocol', '@assay/client'],
    // Texts of a subpath of its own, which costs the apps that import it.
    values: { '@assay/client': 'remedies/' },
    node: ['expo/', 'metro/'],
  },
  // It runs the CLI as a process.
  '@assay/web-build': {
    dir: 'packages/attester/web-build',
    files: ['@assay/cli'],
    may: ['@assay/protocol'],
    node: true,
  },
  '@assay/codec': { dir: 'packages/verifier/codec', may: [], node: true },
  '@assay/app-image': {
    dir: 'packages/verifier/app-image',
    may: ['@assay/protocol', '@assay/codec'],
    node: true,
  },
  '@assay/evidence': {
    dir: 'packages/verifier/evidence',
    may: ['@assay/protocol', '@assay/measurement', '@assay/codec'],
    node: true,
  },
  '@assay/appraisal': {
    dir: 'packages/verifier/appraisal',
    may: ['@assay/protocol', '@assay/evidence'],
    node: false,
  },
  '@assay/tokens': {
    dir: 'packages/verifier/tokens',
    may: ['@assay/protocol', '@assay/appraisal'],
    types: ['@assay/appraisal'],
    node: true,
  },
  '@assay/guard': {
    dir: 'packages/relying-party/guard',
    may: ['@assay/protocol'],
    node: ['node/', 'express/', 'fastify/', 'hono/'],
  },
  '@assay/proxy': {
    dir: 'packages/relying-party/proxy',
    may: ['@assay/protocol', '@assay/guard'],
    node: true,
  },
  '@assay/service': {
    dir: 'apps/service',
    files: ['@assay/console'],
    may: [
      '@assay/protocol',
      '@assay/measurement',
      '@assay/codec',
      '@assay/app-image',
      '@assay/evidence',
      '@assay/appraisal',
      '@assay/tokens',
    ],
    node: true,
  },
  '@assay/cli': {
    dir: 'apps/cli',
    may: [
      '@assay/protocol',
      '@assay/measurement',
      '@assay/client',
      '@assay/react-native',
      '@assay/codec',
      '@assay/app-image',
      '@assay/evidence',
      '@assay/appraisal',
      '@assay/guard',
      '@assay/proxy',
      '@assay/service',
      '@assay/web-build',
    ],
    codesOnly: [
      '@assay/measurement',
      '@assay/client',
      '@assay/react-native',
      '@assay/codec',
      '@assay/evidence',
      '@assay/appraisal',
    ],
    node: true,
  },
  // Only the CLI's explanation of traces, and types of the service. The built files need neither package.
  '@assay/console': {
    dir: 'apps/console',
    bundled: true,
    may: ['@assay/protocol', '@assay/service', '@assay/cli'],
    types: ['@assay/protocol', '@assay/service'],
    node: false,
  },
  '@assay/testkit': {
    dir: 'lab/testkit',
    may: ['@assay/protocol', '@assay/measurement', '@assay/client', '@assay/guard', '@assay/proxy'],
    node: true,
  },
  '@assay/vectors': {
    dir: 'lab/vectors',
    may: [
      '@assay/protocol',
      '@assay/measurement',
      '@assay/client',
      '@assay/app-image',
      '@assay/evidence',
      '@assay/appraisal',
      '@assay/guard',
      '@assay/testkit',
    ],
    node: true,
  },
  // Its harness starts victims; the rule `attacks-black-box` holds for the rest.
  '@assay/attacks': {
    dir: 'lab/attacks',
    may: ['@assay/protocol', '@assay/client', '@assay/phones', '@assay/testkit'],
    node: true,
  },
  '@assay/demo': {
    dir: 'lab/demo',
    may: [
      '@assay/attacks',
      '@assay/browser',
      '@assay/protocol',
      '@assay/client',
      '@assay/phones',
      '@assay/testkit',
    ],
    node: true,
  },
  '@assay/phones': {
    dir: 'lab/phones',
    may: ['@assay/protocol', '@assay/react-native', '@assay/testkit'],
    node: true,
  },
  '@assay/browser': {
    dir: 'lab/browser',
    may: ['@assay/protocol', '@assay/client', '@assay/service', '@assay/testkit'],
    node: true,
  },
  '@assay/interop': {
    dir: 'lab/interop',
    may: [
      '@assay/protocol',
      '@assay/client',
      '@assay/guard',
      '@assay/testkit',
      '@assay/tokens',
      '@assay/phones',
      '@assay/vectors',
      '@assay/browser',
    ],
    node: true,
  },
  '@assay/measure': {
    dir: 'lab/measure',
    may: [
      '@assay/protocol',
      '@assay/measurement',
      '@assay/codec',
      '@assay/app-image',
      '@assay/evidence',
      '@assay/guard',
      '@assay/vectors',
      '@assay/client',
      '@assay/testkit',
      '@assay/service',
      '@assay/browser',
      '@assay/phones',
      '@assay/proxy',
      '@assay/tokens',
      '@assay/appraisal',
    ],
    node: true,
  },
}

/**
 * Subpaths that are narrower than their package: only `may` may import them, and `types` only their types. Tests may
 * import the types of all.
 *
 * The forms of the wire need a schema library. The programs of operators have the types that are inferred from them,
 * which cost nothing at run time; what SDKs and guards ship must compile where nobody has the library.
 */
export const restrictedSubpaths = {
  // The bench fills stores by statements: a column that one of them lacks must not compile.
  '@assay/service/tables': { may: [], types: ['@assay/measure'] },
  '@assay/protocol/schemas': {
    may: ['@assay/service', '@assay/measure'],
    types: [
      '@assay/cli',
      '@assay/console',
      '@assay/attacks',
      '@assay/demo',
      '@assay/phones',
      '@assay/vectors',
    ],
  },
}

/**
 * The rooms of the service, `apps/service/src/<room>`, from the top floor down: what each may import of the others. A
 * room may import only rooms below it, so that no arrow runs back up. Repositories stand above the features whose ports
 * they implement. Below the rooms, and in every other package, `folder-order.mjs` needs no table: it is enough that the
 * folders have an order.
 */
export const serviceRooms = {
  composition: [
    'config',
    'http',
    'storage',
    'vendors',
    'operations',
    'provisioning',
    'attestation',
    'faults',
    'system',
  ],
  config: ['http', 'vendors', 'operations', 'provisioning', 'system'],
  http: ['operations', 'provisioning', 'attestation', 'faults', 'system'],
  storage: ['operations', 'provisioning', 'attestation', 'vendors', 'faults', 'system'],
  vendors: ['faults', 'system'],
  operations: ['faults', 'system'],
  provisioning: ['attestation', 'faults', 'system'],
  attestation: ['faults', 'system'],
  faults: [],
  system: [],
}

/** The only libraries that `attestation` may use: it must be readable, and testable, without the others. */
export const besideAttestation = {
  packages: ['lru-cache'],
  node: ['crypto', 'timers/promises', 'zlib'],
}

/** The query builder, and the drivers of the stores: only `storage` knows them. */
export const storeLibraries = ['kysely', 'better-sqlite3(-12)?', 'pg', 'iovalkey']

/** `packages/verifier/evidence/src/<folder>` that is not an evidence format. */
export const evidenceSharedFolders = ['port']
