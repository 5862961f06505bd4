import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, it } from 'vitest'

const stubs = path.resolve(import.meta.dirname, '../../../../packages/attester/ios/Stubs')
const packageFile = createRequire(import.meta.url).resolve('@nativescript/types-ios/package.json')
const folder = path.join(path.dirname(packageFile), 'lib/ios')
const processor = readdirSync(folder).find((name) => name.startsWith('objc-')) ?? ''

/** What a module of Apple's declares, as NativeScript's tools read it from the SDK of Xcode. */
const published = (module: string) =>
  readFileSync(path.join(folder, processor, `objc!${module}.d.ts`), 'utf8')
const standIn = (file: string) => readFileSync(path.join(stubs, file), 'utf8')

/** The lowest iOS that the SDK is for. */
const lowest = 15

/** What is wrong with a declaration of this name and, for a function, number of parameters. */
function examine(types: string, name: string, parameters?: number): string[] {
  const pattern = new RegExp(
    `^\\t?(?:declare (?:const|var|function) )?(?:readonly )?${name}(?:\\((.*)\\))?: .*;`,
    'm',
  )
  const found = pattern.exec(types)
  if (found === null) return [`${name} is not published`]
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(types.slice(0, found.index))?.[1] ?? ''
  const since = Number(/@since ([\d.]+)/.exec(comment)?.[1] ?? 0)
  const given = found[1] === undefined ? undefined : arity(found[1])
  return [
    ...(since > lowest ? [`${name} is published since ${since}`] : []),
    ...(given === parameters ? [] : [`${name} has ${given} parameters`]),
  ]
}

/** Parameters of a list, in which commas also separate those of functions and generic types. */
function arity(list: string): number {
  let rest = list
  for (let before = ''; before !== rest;) [before, rest] = [rest, rest.replace(/\([^()]*\)|<[^<>]*>/g, '')]
  return rest.trim() === '' || rest.trim() === 'void' ? 0 : rest.split(',').length
}

function examineSecurity(swift: string): string[] {
  const types = published('Security') + published('CoreFoundation')
  return [
    ...[...swift.matchAll(/public let ((?:kSec|errSec)\w+)/g)].flatMap(([, name = '']) =>
      examine(types, name),
    ),
    ...[...swift.matchAll(/public func (\w+)\((.*)\) ->/g)].flatMap(([, name = '', list = '']) =>
      examine(types, name, arity(list)),
    ),
  ]
}

/** An `async` function of Swift is one of Objective-C whose last parameter takes the answer. */
function examineDeviceCheck(swift: string): string[] {
  const types = published('DeviceCheck')
  const functions = [...swift.matchAll(/public func (\w+)\((.*)\) async/g)].map(
    ([, name = '', list = '']) => {
      const labels = list
        .split(',')
        .slice(1)
        .map((one) => one.trim().split(/[ :]/)[0] ?? '')
      const selector = labels.map((label) => label.charAt(0).toUpperCase() + label.slice(1)).join('')
      const link = list === '' ? 'With' : ''
      return { name: `${name}${selector}${link}CompletionHandler`, parameters: arity(list) + 1 }
    },
  )
  const codes = [...swift.matchAll(/case (\w+) = (\d+)/g)].map(([, name = '', code]) => {
    const wanted = `${name.charAt(0).toUpperCase()}${name.slice(1)} = ${code}`
    return types.includes(wanted) ? [] : [`${wanted} is no DCError`]
  })
  return [...functions.flatMap(({ name, parameters }) => examine(types, name, parameters)), ...codes.flat()]
}

function examineMachO(header: string): string[] {
  const types = published('MachO') + published('Darwin')
  const [ofApple = ''] = header.split('// For tests')
  const functions = [...ofApple.matchAll(/^[^\n#(]*?\*?(\w+)\(([^)]*)\);/gm)]
  // Those of `sys/proc.h` nobody publishes.
  const structures = [...ofApple.matchAll(/struct (?!\w*proc\b)(\w+) \{([^}]*)\}/g)].flatMap(
    ([, name = '', body = '']) => {
      const fields = [...body.matchAll(/(\w+)(?:\[\d+\])?;/g)].map(([, field]) => field)
      const whole = new RegExp(`interface ${name} \\{([^}]*)\\}`).exec(types)?.[1]
      if (whole === undefined) return [`${name} is not published`]
      const known = [...whole.matchAll(/^\t(\w+):/gm)].map(([, field]) => field)
      const isRight = fields.join() === known.join()
      return isRight ? [] : [`${name} has ${known.join()}`]
    },
  )
  return [
    ...functions.flatMap(([, name = '', list = '']) => examine(types, name, arity(list))),
    ...structures,
  ]
}

it('the system gives time as the SDK asks for it, on each iOS that the SDK is for', () => {
  const name = 'performExpiringActivityWithReasonUsingBlock'
  expect(examine(published('Foundation'), name, 2)).toEqual([])
  const file = path.join(stubs, '../Sources/Assay/ExpiringActivity.swift')
  // Linux has no such function: nobody has built this line.
  expect(readFileSync(file, 'utf8')).toContain(
    '#if os(iOS)\n      ProcessInfo.processInfo.performExpiringActivity(withReason: "dev.assay.exchange", using: block)\n',
  )
})

it.each([
  ['Security/Keychain.swift', examineSecurity, 'SecItemAdd(', 'SecItemPut('],
  ['Security/Keychain.swift', examineSecurity, 'SecItemDelete(_ query', 'SecItemDelete(_ more: Int, _ query'],
  ['DeviceCheck/DeviceCheck.swift', examineDeviceCheck, 'invalidKey = 3', 'invalidKey = 5'],
  ['DeviceCheck/DeviceCheck.swift', examineDeviceCheck, 'clientDataHash: Data', 'hash: Data'],
  [
    'MachO/include/MachO.h',
    examineMachO,
    '_dyld_get_image_name(uint32_t index)',
    '_dyld_get_image_name(void)',
  ],
  ['MachO/include/MachO.h', examineMachO, '  uint32_t sizeofcmds;\n', ''],
] as const)('what %s declares is what Apple publishes', (file, look, declared, wrong) => {
  const text = standIn(file)
  expect(look(text)).toEqual([])
  expect(text).toContain(declared)
  expect(look(text.replace(declared, wrong))).not.toEqual([])
})
