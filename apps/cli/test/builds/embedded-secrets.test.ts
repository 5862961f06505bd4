import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { writeZip } from '@assay/testkit'
import { findSecrets } from '../../src/builds/embedded-secrets.ts'

// Put together here, so that scanners of this repository do not take them for real ones.
const github = `ghp_${'a1B2'.repeat(9)}`
const sendgrid = `SG.${'A'.repeat(22)}.${'b'.repeat(43)}`
const slack = ['xoxb', '123456789012', '1234567890123', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('-')
const privateKey = `-----BEGIN ${'PRIVATE KEY'}-----\n${`${'MIIEvQ'.repeat(10)}\n`.repeat(20)}-----END ${'PRIVATE KEY'}-----`

interface Entry {
  name: string
  content: string | Buffer
  stored?: boolean
}

const find = async (...entries: Entry[]) => findSecrets(await archiveOf(entries))

function archiveOf(entries: readonly Entry[]): Promise<string> {
  const files = entries.map(({ name, content, stored = false }) => ({
    name,
    content: Buffer.from(content),
    stored,
  }))
  return writeZip(files).then(fileOf)
}

/** A file with these bytes, removed after the test. */
function fileOf(bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), 'build.zip')
  writeFileSync(file, bytes)
  return file
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'find-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A string as a dex file holds it: its length as ULEB128, its bytes, a zero. */
function dexString(text: string): Buffer {
  const length = text.length < 0x80 ? [text.length] : [(text.length & 0x7f) | 0x80, text.length >> 7]
  return Buffer.concat([Buffer.from([0, ...length]), Buffer.from(text), Buffer.from([0])])
}

/** The same in a resource table with UTF-8 strings. */
const resourceString = (text: string) =>
  Buffer.concat([Buffer.from([text.length, text.length]), Buffer.from(text), Buffer.from([0])])

describe('findSecrets', () => {
  it('finds credentials in code, libraries, assets and resources', async () => {
    const found = await find(
      { name: 'classes.dex', content: Buffer.concat([dexString('Lcom/example/App;'), dexString(github)]) },
      {
        name: 'lib/x86/libapp.so',
        content: Buffer.concat([Buffer.alloc(7, 0xee), Buffer.from(slack), Buffer.alloc(3)]),
      },
      { name: 'assets/app.js', content: `const key = "${sendgrid}"` },
      { name: 'resources.arsc', content: Buffer.concat([Buffer.alloc(9), resourceString(github)]) },
      { name: 'res/raw/key.pem', content: privateKey },
    )
    expect(found).toEqual([
      { rule: 'sendgrid', segment: 'assets/app.js', masked: 'SG.A… (69 characters)' },
      { rule: 'github', segment: 'classes.dex', masked: 'ghp_… (40 characters)' },
      { rule: 'slack', segment: 'lib/x86/libapp.so', masked: 'xoxb… (56 characters)' },
      { rule: 'privatekey', segment: 'res/raw/key.pem', masked: expect.stringMatching(/^----… /) },
      { rule: 'github', segment: 'resources.arsc', masked: 'ghp_… (40 characters)' },
    ])
  })

  it('finds strings of any length, though the byte before them is a letter', async () => {
    for (let padding = 0; padding < 200; padding++) {
      const text = `${github} ${'x'.repeat(padding)}`
      const [found] = await find({ name: 'classes.dex', content: dexString(text) })
      expect(found?.rule, `a string of ${text.length} characters`).toBe('github')
    }
  })

  it('finds strings in UTF-16', async () => {
    const wide = Buffer.from(sendgrid, 'utf16le')
    const found = await find(
      { name: 'resources.arsc', content: Buffer.concat([Buffer.from([69, 0]), wide, Buffer.alloc(2)]) },
      { name: 'assemblies/App.dll', content: Buffer.concat([Buffer.from([1, 139]), wide]) },
    )
    expect(found.map(({ segment }) => segment)).toEqual(['assemblies/App.dll', 'resources.arsc'])
  })

  it('finds a credential at any place of long text, and across chunks', async () => {
    for (const before of [65_500, 65_536, 262_100, 262_144, 600_000]) {
      for (const filler of ['x', 'x\n']) {
        const content = `${filler.repeat(Math.ceil(before / filler.length))} ${github} ${'y'.repeat(100_000)}`
        expect(await find({ name: 'assets/a.js', content, stored: true })).toHaveLength(1)
      }
    }
  })

  it('names the same credential once per file', async () => {
    const found = await find(
      { name: 'assets/a.js', content: `${github} ${github}` },
      { name: 'assets/b.js', content: github },
    )
    expect(found.map(({ segment }) => segment)).toEqual(['assets/a.js', 'assets/b.js'])
  })

  it('never holds a whole credential', async () => {
    const found = await find({ name: 'a.txt', content: [github, sendgrid, slack, privateKey].join('\n') })
    expect(found).toHaveLength(4)
    for (const secret of [github, sendgrid, slack, privateKey]) {
      expect(JSON.stringify(found)).not.toContain(secret.slice(0, 12))
    }
  })

  it('is not switched off by comments in the build', async () => {
    expect(await find({ name: 'a.js', content: `// secretlint-disable\n${github}` })).toHaveLength(1)
  })

  it('does not look into compressed media', async () => {
    expect(await find({ name: 'res/a.png', content: github })).toEqual([])
  })

  it('reads folders too', async () => {
    const folder = temporaryFolder()
    mkdirSync(path.join(folder, 'js'))
    writeFileSync(path.join(folder, 'js/app.js'), github)
    expect(await findSecrets(folder)).toEqual([
      { rule: 'github', segment: 'js/app.js', masked: 'ghp_… (40 characters)' },
    ])
  })

  it.each(['assay_', 'assaydev_'])('finds a secret of Assay: %s', async (prefix) => {
    const secret = `${prefix}${'Ab3_-'.repeat(8)}xYz`
    expect(await find({ name: 'config.json', content: `{"key":"${secret}"}` })).toEqual([
      { rule: 'assay', segment: 'config.json', masked: `assa… (${secret.length} characters)` },
    ])
    expect(await find({ name: 'config.json', content: `{"${prefix}key":"${prefix}"}` })).toEqual([])
  })

  it('stops at its limits, and says so', async () => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name: `${name}.txt`, content: github }))
    const file = await archiveOf(entries)
    const onLimit = vi.fn()
    expect(await findSecrets(file, { maxBytes: 80, onLimit })).toHaveLength(2)
    expect(onLimit).toHaveBeenCalledTimes(1)
    const many = Array.from({ length: 8 }, (_, i) => ({
      name: `${i}.txt`,
      content: `${github} ${'x '.repeat(150_000)}`,
    }))
    expect(await findSecrets(await archiveOf(many), { maxSecrets: 2, onLimit })).toHaveLength(2)
    expect(onLimit).toHaveBeenCalledTimes(2)
    await findSecrets(file, { onLimit })
    expect(onLimit).toHaveBeenCalledTimes(2)
  })

  it('refuses what is no archive', async () => {
    await expect(findSecrets(fileOf(Buffer.from('text')))).rejects.toMatchObject({ code: 'ZIP_MALFORMED' })
  })
})
