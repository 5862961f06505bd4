import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { assayBuild } from '../src/plugin.ts'
import { registerBuild } from '../src/register.ts'

const register = { app: 'com.example.app', provenanceKey: 'missing.pem' }

it.each([
  [{ build: 'a build' }, 'build'],
  [{ root: '/shop' }, 'root'],
  [{ coverage: 'scripts' as 'entry' }, 'coverage'],
  [{ register: { ...register, app: '' } }, 'register.app'],
  [{ register: { ...register, provenanceKey: '' } }, 'register.provenanceKey'],
])('is misuse: %j', (options, name) => {
  expect(() => assayBuild.rollup(options)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARG_VALUE',
      message: expect.stringContaining(name) as string,
    }) as Error,
  )
})

it('fails with the code of the CLI where that refuses', async () => {
  const build = { folder: import.meta.dirname, build: '1', project: process.cwd() }
  await expect(
    registerBuild(build, { ...register, more: ['--api-key-file', 'missing.key'] }),
  ).rejects.toMatchObject({
    name: 'WebBuildError',
    code: 'CLI_FILE_UNREADABLE',
  })
})

it('fails where the project has no CLI', async () => {
  const project = await mkdtemp(path.join(os.tmpdir(), 'assay-no-cli-'))
  try {
    await expect(registerBuild({ folder: project, build: '1', project }, register)).rejects.toMatchObject({
      code: 'CLI_NOT_INSTALLED',
    })
  } finally {
    await rm(project, { recursive: true })
  }
})
