/**
 * ESLint options that keep chance out of tests: random values come from the seed of the run or are fixed, so that a test
 * which fails once fails again. A test that needs chance (a race with several endings) disables the rule for that line and
 * says why no outcome depends on it.
 */
const random = '/^(random(Bytes|Int|UUID|FillSync|Fill)|getRandomValues|generate(Key|KeyPair|Prime)(Sync)?)$/'
const message =
  'Chance: take fixedKeyPair, fixedBytes or fixedRandom of @assay/testkit/fixed, or a property of fast-check.'

/** For `no-restricted-syntax`, in every file of tests. */
export const noChance = [
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message },
  { selector: `MemberExpression[property.name=${random}]`, message },
  {
    selector: `ImportDeclaration[source.value=/^(node:)?crypto$|^jose$/] > ImportSpecifier[imported.name=${random}]`,
    message,
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(assert|check|sample)$/] > ObjectExpression > Property[key.name="seed"]',
    message: 'The seed is that of the run (ASSAY_SEED).',
  },
]

/** For `no-restricted-syntax`, in tests of packages, all of which take the clock as an argument. */
export const noClock = [
  {
    selector:
      'MemberExpression[object.name="Date"][property.name="now"], NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'The time is a constant of the test.',
  },
]

/** For `no-restricted-syntax`, in files beside the tests: they are loaded once for several files of tests. */
export const noSharedHooks = [
  {
    selector: 'Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(All|Each)$/]',
    message:
      'Modules are loaded once for several test files, and this hook would be of the first of them only.',
  },
]
