import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { androidFolder } from '../src/android/tools.ts'

/** Whose sources may name the vendors' APIs. Stubs and what runs in tests only are not part of the SDK. */
const glue = ['platform', 'play-integrity']
const others = ['core', 'okhttp', 'ktor', 'phone']
const longest = 150

function sources(module: string): { file: string; text: string }[] {
  const folder = path.join(androidFolder, module, 'src/main')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.kt'))
    .map((file) => ({ file: `${module}/${file}`, text: readFileSync(path.join(folder, file), 'utf8') }))
}

/** What a source names of the vendors'. */
function vendors(text: string): string[] {
  return [
    ...text.matchAll(
      /^import ((?:android|androidx|com\.google)\.[\w.]+)|(?<![\w.])((?:android|androidx)\.[a-z]+\.[A-Z]\w*)/gm,
    ),
  ].map(([, imported, named]) => imported ?? (named as string))
}

describe('sources of the Android SDK', () => {
  it.each(others)('%s names no API of a vendor', (module) => {
    const found = sources(module)
    expect(found.length).toBeGreaterThan(0)
    expect(found.flatMap(({ file, text }) => vendors(text).map((name) => `${file}: ${name}`))).toEqual([])
  })

  it.each(glue)('%s has no file of more than 150 lines', (module) => {
    const tooLong = sources(module).filter(({ text }) => text.split('\n').length > longest)
    expect(tooLong.map(({ file }) => file)).toEqual([])
  })

  it('the rule bites', () => {
    expect(vendors('import android.os.Build\nval a = android.os.Process.myUid()\n// Android')).toEqual([
      'android.os.Build',
      'android.os.Process',
    ])
  })

  it.each(['core', 'platform'])('%s depends on kotlin-stdlib and our own modules alone', (module) => {
    const pom = readFileSync(path.join(androidFolder, module, 'pom.xml'), 'utf8')
    const dependencies = [...pom.matchAll(/<dependency>(.*?)<\/dependency>/gs)].map(
      ([, text]) => text as string,
    )
    const shipped = dependencies.filter((text) => !/<scope>(test|provided)<\/scope>/.test(text))
    expect(shipped.filter((text) => !text.includes('<groupId>dev.assay</groupId>'))).toEqual([])
  })
})
