import {
  besideAttestation,
  evidenceSharedFolders,
  layers,
  restrictedSubpaths,
  serviceRooms,
  storeLibraries,
} from './layers.mjs'

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const names = Object.keys(layers)
const dirOf = (name) => escape(layers[name].dir)

/** Inside the repository or inside the canary's copy of it. */
const at = '(^|/)'

function packageRules() {
  return names.flatMap((name) => {
    const { may, types = [], values = {}, codesOnly = [] } = layers[name]
    const from = { path: `${at}${dirOf(name)}/src/` }
    const forbidden = names.filter((other) => other !== name && !may.includes(other)).map(dirOf)
    const rules = [
      {
        name: `layers:${name}`,
        comment: `${name} may import only: ${may.join(', ') || 'nothing of ours'}`,
        severity: 'error',
        from,
        to: { path: `${at}(${forbidden.join('|')})/` },
      },
    ]
    for (const other of types) {
      rules.push({
        name: `types-only:${name}->${other}`,
        severity: 'error',
        from,
        to: {
          path: `${at}${dirOf(other)}/`,
          ...(values[other] && { pathNot: `${at}${dirOf(other)}/src/${values[other]}` }),
          dependencyTypesNot: ['type-only'],
        },
      })
    }
    for (const other of codesOnly) {
      rules.push({
        name: `codes-only:${name}->${other}`,
        severity: 'error',
        from,
        to: { path: `${at}${dirOf(other)}/`, pathNot: `${at}${dirOf(other)}/src/(errors/)?codes\\.ts$` },
      })
    }
    return rules
  })
}

/** Apps, and the core of the guard, do not ship the texts of their codes. */
function textRules() {
  return ['@assay/protocol', '@assay/measurement', '@assay/client', '@assay/guard'].map((name) => ({
    name: `texts-stay-out:${name}`,
    comment: 'the texts of the codes are imported as types only',
    severity: 'error',
    from: { path: `${at}${dirOf(name)}/src/` },
    to: {
      path: `${at}packages/[^/]+/[^/]+/src/(errors/codes|codes|codes/index)\\.ts$`,
      dependencyTypesNot: ['type-only'],
    },
  }))
}

function nodeRules() {
  return names
    .filter((name) => layers[name].node !== true)
    .map((name) => {
      const { node } = layers[name]
      const allowed = node === false ? undefined : `${at}${dirOf(name)}/src/(${node.map(escape).join('|')})`
      return {
        name: `no-node:${name}`,
        comment: `Node's own modules are allowed here only in: ${node === false ? 'no file' : node.join(', ')}`,
        severity: 'error',
        from: { path: `${at}${dirOf(name)}/src/`, ...(allowed ? { pathNot: allowed } : {}) },
        to: { dependencyTypes: ['core'] },
      }
    })
}

function subpathRules() {
  return Object.entries(restrictedSubpaths).flatMap(([subpath, { may, types }]) => {
    const [scope, base, ...rest] = subpath.split('/')
    const owner = `${scope}/${base}`
    const besides = (allowed) => `${at}(${[owner, ...allowed].map(dirOf).join('|')})/`
    const to = { path: `${at}${dirOf(owner)}/src/${rest.join('/')}/` }
    return [
      {
        name: `subpath:${subpath}`,
        severity: 'error',
        from: { path: `${at}(packages/[^/]+|apps|lab)/[^/]+/src/`, pathNot: besides([...may, ...types]) },
        to,
      },
      {
        name: `subpath-types-only:${subpath}`,
        severity: 'error',
        from: { path: `${at}(packages|apps|lab)/`, pathNot: besides(may) },
        to: { ...to, dependencyTypesNot: ['type-only'] },
      },
    ]
  })
}

const service = `${at}apps/service/src/`

function roomRules() {
  const rooms = Object.keys(serviceRooms)
  return rooms.map((room) => {
    const may = serviceRooms[room]
    const forbidden = rooms.filter((other) => other !== room && !may.includes(other))
    return {
      name: `rooms:${room}`,
      comment: `${room} may import only: ${may.join(', ') || 'no other room'}`,
      severity: 'error',
      from: { path: `${service}${room}/` },
      to: { path: `${service}(${forbidden.join('|')})/` },
    }
  })
}

const evidence = `${at}packages/verifier/evidence/src/`

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...packageRules(),
    ...textRules(),
    ...nodeRules(),
    ...subpathRules(),
    ...roomRules(),
    {
      name: 'evidence-siblings',
      comment: 'evidence formats never import each other',
      severity: 'error',
      from: { path: `${evidence}(?!${evidenceSharedFolders.join('|')})([^/]+)/` },
      to: { path: evidence, pathNot: [`${evidence}(${evidenceSharedFolders.join('|')}|$2)/`] },
    },
    {
      name: 'evidence-port',
      comment: 'the port knows no format',
      severity: 'error',
      from: { path: `${evidence}port/` },
      to: { path: evidence, pathNot: `${evidence}port/` },
    },
    {
      name: 'attacks-black-box',
      comment: 'attacks speak HTTP and the public SDK; only the harness starts victims',
      severity: 'error',
      from: { path: `${at}lab/attacks/src/`, pathNot: `${at}lab/attacks/src/harness/` },
      to: { path: `${at}lab/testkit/src/victims/` },
    },
    {
      name: 'guards-of-victims',
      comment: 'of the testkit only the APIs to protect know a guard; the world around them knows none',
      severity: 'error',
      from: { path: `${at}lab/testkit/src/`, pathNot: `${at}lab/testkit/src/victims/` },
      to: { path: `${at}packages/relying-party/` },
    },
    {
      name: 'attacks-know-the-world',
      comment: 'attacks get everything that they act on as their argument',
      severity: 'error',
      from: { path: `${at}lab/attacks/src/(attacks|kinds)/` },
      to: { path: `${at}lab/attacks/src/harness/` },
    },
    {
      name: 'attestation-stands-alone',
      comment:
        'what attests knows no HTTP, no schema library, no database and no vendor: nothing but what is listed',
      severity: 'error',
      from: { path: `${service}attestation/` },
      to: {
        pathNot: [
          '^(packages|apps/service/src)/',
          `${at}node_modules/(${besideAttestation.packages.map(escape).join('|')})/`,
          `^(node:)?(${besideAttestation.node.join('|')})$`,
        ],
      },
    },
    {
      name: 'attestation-stands-alone',
      comment: 'the form of client data is passed in; of what operators register, only the types are known',
      severity: 'error',
      from: { path: `${service}attestation/` },
      to: { path: `${at}packages/shared/protocol/src/schemas/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'query-builder',
      comment: 'only storage knows the query builder and the drivers of the stores',
      severity: 'error',
      from: { path: service, pathNot: `${service}storage/` },
      to: { path: `node_modules/(${storeLibraries.join('|')})/` },
    },
    {
      name: 'concrete-formats',
      comment: 'only the composition root of the service, and the lab, name concrete evidence formats',
      severity: 'error',
      from: {
        path: `${at}(packages|apps)/.*/src/`,
        pathNot: `${at}(packages/verifier/evidence/|apps/service/src/composition/)`,
      },
      to: { path: `${evidence}(?!port/|index\\.ts$|codes\\.ts$)` },
    },
    {
      name: 'tests-stay-out',
      comment: 'no source imports a test, or what only tests need',
      severity: 'error',
      from: { path: `${at}(packages/[^/]+|apps|lab)/[^/]+/src/` },
      to: { path: `${at}(packages/[^/]+|apps|lab)/[^/]+/test/|\\.test\\.ts$` },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment:
        "React Native is the app's own; 300 MB of it would come with every `npm ci` here. virtual: is made when the console is built",
      severity: 'error',
      from: {},
      to: {
        couldNotResolve: true,
        pathNot: '^(react-native|react-native/.+|whatwg-fetch|expo/config-plugins|virtual:explanations)$',
      },
    },
    {
      name: 'no-deep-imports',
      comment: "another package's files by relative path; tests may share what only tests need",
      severity: 'error',
      from: { path: '(^|/)((packages/[^/]+|apps|lab)/[^/]+)/' },
      to: {
        path: '(^|/)(packages/[^/]+|apps|lab)/[^/]+/',
        pathNot: '(^|/)$2/|/test/',
        dependencyTypes: ['local'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^packages/attester/android/[^/]+/target/|\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@assay/source', 'import', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
