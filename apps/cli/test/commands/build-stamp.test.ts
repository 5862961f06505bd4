import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { examineWebFolder } from '../../src/builds/examine-web-folder.ts'
import { cli } from '../fake-service.ts'

const page = '<!doctype html><script type="module" src="main.js"></script>'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-cli-stamp-'))
  await put('index.html', page)
  await put('main.js', '1')
})
afterEach(() => rm(folder, { recursive: true }))

const put = (name: string, text: string) => writeFile(path.join(folder, name), text)
const stamp = (...args: string[]) => cli(['build', 'stamp', folder, '--json', ...args])

describe('assay build stamp', () => {
  test('writes what `build add` reads, without a service and a key', async () => {
    const { status, stdout } = await stamp('--root', '/shop/', '--id', '7')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ build: '7', files: ['index.html', 'main.js'], root: '/shop/' })
    expect(await examineWebFolder(folder, undefined)).toMatchObject({ build: '7' })
  })

  test.each([
    [
      'a page with two blocks',
      'two.html',
      `${block()}${block()}<script src="main.js"></script>`,
      'WEB_BLOCK_TWICE',
    ],
    [
      'a block in a comment',
      'old.html',
      `<!-- ${block()} --><script src="main.js"></script>`,
      'WEB_BLOCK_HIDDEN',
    ],
    [
      'a list with the digest of a page',
      'ngsw.json',
      JSON.stringify({ hashTable: { '/index.html': createHash('sha1').update(page).digest('hex') } }),
      'WEB_PAGE_HASHED',
    ],
  ])('refuses %s, and names the file', async (_, name, text, code) => {
    await put(name, text)
    const { status, stderr } = await stamp()
    expect(status).toBe(2)
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string; hint: string } }
    expect(error).toMatchObject({ code, message: expect.stringContaining(name) as string })
    expect(error.hint).not.toBe('')
    expect(await readFile(path.join(folder, 'index.html'), 'utf8')).toBe(page)
  })

  test('refuses what is no folder, a root without slashes, and an unknown coverage', async () => {
    for (const args of [
      ['build', 'stamp', path.join(folder, 'index.html')],
      ['build', 'stamp', folder, '--root', 'shop'],
      ['build', 'stamp', folder, '--id', 'a build'],
      ['build', 'stamp', folder, '--coverage', 'scripts'],
    ])
      expect(await cli(args)).toMatchObject({ status: 2, stdout: '' })
  })
})

test.each([
  ['WEB_BLOCK_TWICE', `${block()}${block()}`],
  ['WEB_BLOCK_HIDDEN', `<template>${block()}</template>`],
])('`build add` refuses a page by the same rules: %s', async (code, blocks) => {
  await put('index.html', `<head>${blocks}<script src="main.js"></script>`)
  await expect(examineWebFolder(folder, undefined)).rejects.toMatchObject({ code })
})

test('`build add` refuses a service worker that lists the page as it was before it was stamped', async () => {
  await stamp()
  const digest = (text: string) => createHash('md5').update(text).digest('hex')
  const precache = (text: string) => `precacheAndRoute([{url:"index.html",revision:"${digest(text)}"}])`
  const list = (text: string) => put('manifest.json', precache(text))
  await list(page)
  await expect(examineWebFolder(folder, undefined)).rejects.toMatchObject({
    code: 'WEB_PAGE_HASHED',
    message: expect.stringMatching(/^manifest\.json lists .* index\.html/) as string,
  })
  await list(await readFile(path.join(folder, 'index.html'), 'utf8'))
  await expect(examineWebFolder(folder, undefined)).resolves.toMatchObject({ warnings: [] })
})

function block(): string {
  return '<script type="application/json" id="assay-build">{"build":"1","files":[]}</script>'
}
