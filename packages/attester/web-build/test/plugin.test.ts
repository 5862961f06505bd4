import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { build as buildWithEsbuild } from 'esbuild'
import { rollup } from 'rollup'
import { expect, it } from 'vitest'
import { build as buildWithVite } from 'vite'
import { webpack } from 'webpack'
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

const entry = 'virtual:entry'
const twice = { code: 'WEB_PLUGIN_TWICE' }

it('refuses to be there twice in Vite', async () => {
  const building = buildWithVite({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'silent',
    plugins: [assayBuild.vite(), assayBuild.vite()],
  })
  await expect(building).rejects.toMatchObject(twice)
})

it('refuses to be there twice in Rollup', async () => {
  await expect(rollup({ input: entry, plugins: [assayBuild.rollup(), assayBuild.rollup()] })).rejects.toThrow(
    '[WEB_PLUGIN_TWICE]',
  )
})

it('refuses to be there twice in webpack', () => {
  expect(() => webpack({ entry, plugins: [assayBuild.webpack(), assayBuild.webpack()] })).toThrow(
    '[WEB_PLUGIN_TWICE]',
  )
})

it('refuses to be there twice in esbuild', async () => {
  const building = buildWithEsbuild({
    entryPoints: [entry],
    outdir: 'never',
    logLevel: 'silent',
    plugins: [assayBuild.esbuild(), assayBuild.esbuild()],
  })
  await expect(building).rejects.toThrow('WEB_PLUGIN_TWICE')
})
