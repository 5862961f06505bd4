import {
  buildAndroid,
  buildReactNative,
  buildSwift,
  isBuilt,
  missingTool,
  playAndroid,
  playIos,
  playReactNative,
  type Played,
} from '@assay/phones'
import { attackHermes, attackKotlin, attackSwift, type AttackedSdk } from './sdk-attacks.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

/** `npm run phones -- [--json] [react-native [WORDS OF A NAME] | ios [WORDS OF A NAME]]`, `npm run phones -- --attacks [--json] [react-native | ios]` */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('react-native')) return inReactNative(args)
  const ios = args.indexOf('ios')
  return ios < 0 ? android(args) : onIos(args, args.slice(ios + 1).join(' '))
}

async function onIos(args: readonly string[], words: string): Promise<number> {
  const built = await buildSwift(['assay-phone'])
  if ('missing' in built) return notRun(`iOS SDK: ${built.missing}`)
  if (args.includes('--attacks'))
    return report(args, 'ios', named(await attackSwift(built.program('assay-phone'))))
  return report(args, 'ios', await playIos(built.program('assay-phone'), words))
}

async function inReactNative(args: readonly string[]): Promise<number> {
  const built = await buildReactNative()
  if ('missing' in built) return notRun(`React Native SDK: ${built.missing}`)
  if (args.includes('--attacks')) return report(args, 'react-native', named(await attackHermes(built)))
  const words = args.slice(args.indexOf('react-native') + 1).join(' ')
  const onIphone = async () => {
    const swift = await buildSwift(['assay-react-native'])
    if (!('missing' in swift)) return swift.program('assay-react-native')
    print(`not run: React Native SDK on an iPhone: ${swift.missing}`)
    return undefined
  }
  return report(args, 'react-native', await playReactNative(built, { words, onIphone }))
}

function notRun(reason: string): number {
  print(`not run: ${reason}`)
  return process.env['ASSAY_REQUIRE_ALL'] === '1' ? 1 : 0
}

async function android(args: readonly string[]): Promise<number> {
  const missing = missingTool()
  if (missing !== undefined) return notRun(`Android SDK: ${missing}`)
  if (!isBuilt() || args.includes('--build')) {
    const { failed, log } = await buildAndroid(['-DskipTests'])
    if (failed > 0) throw new Error(log)
  }
  const played = args.includes('--attacks') ? named(await attackKotlin()) : await playAndroid()
  return report(args, 'android', played)
}

function named(attacked: readonly AttackedSdk[]): readonly Played[] {
  return attacked.map(({ id, code, fault }) => ({
    name: `${id} ${code ?? 'through'}`,
    ...(fault === undefined ? {} : { fault }),
  }))
}

function report(args: readonly string[], name: string, played: readonly Played[]): number {
  const failed = played.filter(({ fault }) => fault !== undefined)
  if (args.includes('--json')) print(JSON.stringify({ [name]: played }))
  else {
    for (const { name, fault } of played)
      print(`${fault === undefined ? 'ok  ' : 'FAIL'} ${name}${fault === undefined ? '' : `: ${fault}`}`)
    print(`${played.length - failed.length} passed, ${failed.length} failed`)
  }
  return failed.length > 0 || played.length === 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
