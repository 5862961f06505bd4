/** What `bare` is, row by row: the baseline that each row is compared with. */
export const bareWork: Readonly<Record<string, string>> = {
  'register.apk': 'none: the peer does the same job (`apksigner verify` of the same file)',
  'register.aab': 'none: the peer does the same job for an APK',
  'service.memory': 'none: a size',
  'service.memory.builds': 'none: a size',
  'service.memory.node': 'none: a size',
  'cluster.attest': 'the same at one node on SQLite',
  'service.memory.load': 'none: a size',
  'storage.installation': 'none: a size',
  'attest.software':
    'a Fastify server that gets two empty POST requests, as the service does, and imports a fresh JWK (`createPublicKey`; the service imports it as a point, which takes less), verifies once with it (ES256) and signs once',
  'attest.process': '`attest.software`: the service alone, and devices that are all alike',
  'metrics.overhead':
    'the exchange alone: a Fastify server that is posted the same and answers with an empty object',
  'attest.image-growth': 'the same for a code image of 1 MB',
  'growth.builds.sqlite': 'the same with 10 builds',
  'growth.builds.postgres': 'the same with 10 builds',
  'growth.installations': 'the same with 10,000 installations',
  'growth.installations.sqlite': 'the same with 10,000 installations',
  'growth.installations.stall': 'none: a limit of 10 ms',
  'growth.installations.sqlite.stall': 'none: a limit of 10 ms',
  'guard.repeat': 'one ES256 crypto.verify with the key at hand',
  'guard.repeat-request': 'one ES256 crypto.verify with the key at hand',
  'guard.first':
    'one ES256 verify with the key at hand, import of a fresh JWK (`createPublicKey`; the guard imports it as a point, which takes less), one verify with it',
  'evidence.app-attest': 'one ES384 crypto.verify, of the leaf: the one check that cannot be cached',
  'evidence.app-attest-assertion': 'one ES256 crypto.verify with the key at hand',
  'evidence.app-attest-assertion.cold': 'one ES256 crypto.verify with the key at hand',
  'evidence.android-key.factory': '`new X509Certificate` of each certificate, one signature check: the leaf',
  'evidence.android-key.remote':
    '`new X509Certificate` of each certificate, two signature checks: leaf and device certificate',
  'evidence.worst-case': 'none: a limit of 10 ms',
  'sdk.size': 'none: a size',
  'sdk.android.attest':
    'reading the same entries of the same APK once, inflating included, into one SHA-256, in the same JVM',
  'sdk.android.size': 'none: a size',
  'sdk.ios.attest': 'reading the same files once into one SHA-256 of the same library, in the same process',
  'sdk.ios.size': 'none: a size',
  'sdk.react-native.attest': 'none: limits of four crossings and 50 ms',
  'sdk.react-native.size': 'none: a size',
  'sdk.attest.1MB': 'one SHA-256 by crypto.subtle of the same bytes, at hand in one piece, in the same page',
  'sdk.attest.8MB': 'one SHA-256 by crypto.subtle of the same bytes, at hand in one piece, in the same page',
}
