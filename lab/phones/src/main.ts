import { buildAndroid, isBuilt, missingTool } from './android/tools.ts'
import { playAndroid } from './run-scenarios.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  const missing = missingTool()
  if (missing !== undefined) {
    print(`not run: Android SDK: ${missing}`)
    return process.env['ASSAY_REQUIRE_ALL'] === '1' ? 1 : 0
  }
  if (!isBuilt() || args.includes('--build')) {
    const { failed, log } = await buildAndroid(['-DskipTests'])
    if (failed > 0) throw new Error(log)
  }
  const played = await playAndroid()
  const failed = played.filter(({ fault }) => fault !== undefined)
  if (args.includes('--json')) print(JSON.stringify({ android: played }))
  else {
    for (const { name, fault } of played)
      print(`${fault === undefined ? 'ok  ' : 'FAIL'} ${name}${fault === undefined ? '' : `: ${fault}`}`)
    print(`${played.length - failed.length} passed, ${failed.length} failed`)
  }
  return failed.length > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
