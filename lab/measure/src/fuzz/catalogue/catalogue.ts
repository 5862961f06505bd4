import type { TargetEntry } from '../target/target.ts'

const codec = 'packages/verifier/codec/dist'
const evidence = 'packages/verifier/evidence/dist'
const appAttest = `${evidence}/apple-app-attest`
const androidKey = `${evidence}/android-key-attestation`
const play = `${evidence}/play-integrity`
const appImage = 'packages/verifier/app-image/dist'
const protocol = 'packages/shared/protocol/dist'
const measurement = 'packages/shared/measurement/dist'
const guard = 'packages/relying-party/guard/dist'

/** Every parser of data from strangers or vendors. */
export const catalogue: readonly TargetEntry[] = [
  {
    name: 'der',
    shape: 'der',
    files: [`${codec}/der/`],
    inputs: 2_500,
    load: () => import('../targets/der.ts'),
  },
  {
    name: 'cbor',
    shape: 'cbor',
    files: [`${codec}/cbor/`],
    inputs: 5_000,
    load: () => import('../targets/cbor.ts'),
  },
  {
    name: 'x509',
    shape: 'der',
    files: [`${codec}/x509/`],
    inputs: 4_000,
    load: () => import('../targets/x509.ts'),
  },
  {
    name: 'cms',
    shape: 'der',
    files: [`${codec}/cms/`],
    inputs: 2_500,
    load: () => import('../targets/cms.ts'),
  },
  {
    name: 'axml',
    shape: 'bytes',
    files: [`${codec}/axml/`],
    inputs: 5_000,
    load: () => import('../targets/axml.ts'),
  },
  {
    name: 'apk',
    shape: 'zip',
    files: [`${appImage}/zip/`, `${appImage}/apk/`],
    inputs: 500,
    load: () => import('../targets/apk.ts'),
  },
  {
    name: 'proto-xml',
    shape: 'bytes',
    files: [`${codec}/proto-xml/`],
    inputs: 5_000,
    load: () => import('../targets/proto-xml.ts'),
  },
  {
    name: 'aab',
    shape: 'zip',
    files: [`${appImage}/split/read-aab.js`, `${appImage}/split/found-splits.js`],
    inputs: 500,
    load: () => import('../targets/aab.ts'),
  },
  {
    name: 'apks',
    shape: 'zip',
    files: [`${appImage}/split/read-split-apks.js`],
    inputs: 500,
    load: () => import('../targets/apks.ts'),
  },
  {
    name: 'ipa',
    shape: 'zip',
    files: [`${appImage}/ipa/`],
    inputs: 500,
    load: () => import('../targets/ipa.ts'),
  },
  {
    name: 'code-resources',
    shape: 'bytes',
    files: [`${appImage}/ipa/seal/code-resources.js`],
    inputs: 5_000,
    load: () => import('../targets/code-resources.ts'),
  },
  {
    name: 'macho',
    shape: 'bytes',
    files: [`${appImage}/mach-o/`],
    inputs: 2_000,
    load: () => import('../targets/macho.ts'),
  },
  {
    name: 'app-attest-attestation',
    shape: 'cbor',
    files: ['parse.js', 'item.js', 'errors.js', 'authenticator-data.js', 'extensions.js'].map(
      (file) => `${appAttest}/${file}`,
    ),
    inputs: 1_000,
    load: () => import('../targets/app-attest-attestation.ts'),
  },
  {
    name: 'app-attest-assertion',
    shape: 'cbor',
    files: ['parse-assertion.js', 'item.js', 'extensions.js'].map((file) => `${appAttest}/${file}`),
    inputs: 1_500,
    load: () => import('../targets/app-attest-assertion.ts'),
  },
  {
    name: 'app-attest-receipt',
    shape: 'der',
    files: [`${appAttest}/receipt.js`],
    inputs: 2_000,
    load: () => import('../targets/app-attest-receipt.ts'),
  },
  {
    name: 'android-key',
    shape: 'der',
    files: [
      `${androidKey}/parse.js`,
      `${androidKey}/errors.js`,
      `${androidKey}/key-description.js`,
      `${androidKey}/statement/`,
    ],
    inputs: 2_000,
    load: () => import('../targets/android-key.ts'),
  },
  {
    name: 'status-list',
    shape: 'json',
    files: [`${androidKey}/status-list.js`],
    inputs: 2_500,
    load: () => import('../targets/status-list.ts'),
  },
  {
    name: 'play-token',
    shape: 'compact',
    files: [`${play}/parse.js`],
    inputs: 5_000,
    load: () => import('../targets/play-token.ts'),
  },
  {
    name: 'play-payload',
    shape: 'json',
    files: ['payload', 'check-app', 'check-request', 'check-token'].map((name) => `${play}/${name}.js`),
    inputs: 750,
    load: () => import('../targets/play-payload.ts'),
  },
  {
    name: 'software',
    shape: 'json',
    files: [`${evidence}/software/parse.js`],
    inputs: 2_500,
    load: () => import('../targets/software.ts'),
  },
  {
    name: 'strict-json',
    shape: 'json',
    files: [`${protocol}/encoding/strict-json.js`],
    inputs: 2_000,
    load: () => import('../targets/strict-json.ts'),
  },
  {
    name: 'challenge',
    shape: 'bytes',
    files: [`${protocol}/wire/challenge.js`, `${protocol}/encoding/base64url.js`],
    inputs: 5_000,
    load: () => import('../targets/challenge.ts'),
  },
  {
    name: 'compact-jws',
    shape: 'compact',
    files: [
      `${protocol}/wire/compact-jws.js`,
      `${protocol}/wire/jwk.js`,
      `${protocol}/encoding/base64url.js`,
    ],
    inputs: 3_750,
    load: () => import('../targets/compact-jws.ts'),
  },
  {
    name: 'plan',
    shape: 'json',
    files: [`${measurement}/plan/parse-plan.js`],
    inputs: 2_500,
    load: () => import('../targets/plan.ts'),
  },
  {
    name: 'manifest',
    shape: 'json',
    files: [`${measurement}/manifest/manifest.js`],
    inputs: 2_500,
    load: () => import('../targets/manifest.ts'),
  },
  {
    name: 'client-data',
    shape: 'json',
    files: [`${protocol}/schemas/exchange.js`, `${protocol}/wire/identifiers.js`],
    inputs: 2_000,
    load: () => import('../targets/client-data.ts'),
  },
  {
    name: 'jwks',
    shape: 'json',
    files: [`${guard}/token/issuer-keys.js`],
    inputs: 750,
    load: () => import('../targets/jwks.ts'),
  },
  {
    name: 'guard',
    shape: 'json',
    files: ['token/jwt-form', 'token/token-claims', 'token/verify-token']
      .concat('request/fields', 'request/presented', 'request/target-uri', 'request/verify-proof')
      .concat('node/node-crypto')
      .map((file) => `${guard}/${file}.js`)
      .concat(`${protocol}/encoding/base64url-of-node.js`),
    inputs: 1_000,
    load: () => import('../targets/guard.ts'),
  },
  {
    name: 'requests',
    shape: 'json',
    files: ['guard/judge', 'guard/decision', 'token/token-claims', 'token/verify-token', 'token/deny-list']
      .concat('request/presented', 'request/verify-proof', 'request/nonces', 'request/target-uri')
      .concat('remote/status-list', 'remote/status-names', 'remote/remote-keys')
      .map((file) => `${guard}/${file}.js`),
    inputs: 2_000,
    most: 100_000,
    load: () => import('../targets/requests.ts'),
  },
]

const canary = { shape: 'bytes', files: ['lab/measure/dist/fuzz/canaries/'], inputs: 2_500 } as const

/** Our own parsers with one planted fault each, which the fuzzer must find. */
export const canaries: readonly TargetEntry[] = [
  { ...canary, name: 'canary-crash', load: () => import('../canaries/crash.ts') },
  { ...canary, name: 'canary-hang', load: () => import('../canaries/hang.ts') },
  { ...canary, name: 'canary-leak', load: () => import('../canaries/leak.ts') },
  { ...canary, name: 'canary-none', load: () => import('../canaries/none.ts') },
]
