import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writePageBuild } from '../src/write-page-build.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-service-workers-'))
  await put({
    'index.html': '<!doctype html><script type="module" src="/assets/main.js"></script>',
    'assets/main.js': 'navigator.serviceWorker.register("/sw.js");import("./lazy.js")',
    'assets/lazy.js': 'new Worker(new URL("/assets/worker.js", import.meta.url))',
    'assets/worker.js': 'onmessage = () => postMessage(1)',
  })
})
afterEach(() => rm(folder, { recursive: true }))

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
}

/** What the page lists, and what `assay-build.json` leaves out. */
async function written(root?: string): Promise<{ files: string[]; serviceWorkers: unknown }> {
  const { serviceWorkers } = await writePageBuild(folder, { build: '1', ...(root && { root }) })
  const page = await readFile(path.join(folder, 'index.html'), 'utf8')
  const { files, ...rest } = JSON.parse(/id="assay-build">([^<]*)</.exec(page)?.[1] ?? '') as {
    files: string[]
  }
  expect(rest).not.toHaveProperty('serviceWorkers')
  const beside = JSON.parse(await readFile(path.join(folder, 'assay-build.json'), 'utf8')) as object
  expect(beside).toMatchObject({ build: '1', files, ...(serviceWorkers && { serviceWorkers }) })
  return { files, serviceWorkers }
}

const own = ['assets/lazy.js', 'assets/main.js', 'assets/worker.js', 'index.html']
const generated =
  'define(["./workbox-8c29f6e4"],function(e){self.skipWaiting(),e.clientsClaim(),e.precacheAndRoute([{url:"assets/main.js",revision:null}],{})});'

describe('service workers', () => {
  it.each<[string, string]>([
    ['as Workbox generates it', generated],
    ['that listens', "self.addEventListener('fetch', (event) => event.respondWith(fetch(event.request)))"],
    ['with handlers', 'self.onfetch = (event) => undefined'],
    ['of Angular', 'this.scope.addEventListener("install", (event) => {})'],
  ])('one %s is in no list of a page', async (_, worker) => {
    await put({ 'sw.js': worker })
    expect(await written()).toEqual({ files: own, serviceWorkers: ['sw.js'] })
  })

  it('what only they import is left out, and what a page or another script loads, too, stays in', async () => {
    await put({
      'sw.js': `${generated}importScripts('/push.js','assets/shared.js', "https://cdn.example/x.js", \`gone.js\`);import './part.js'`,
      'workbox-8c29f6e4.js': 'importScripts("deeper.js")',
      'deeper.js': '1',
      'push.js': '1',
      'part.js': '1',
      'assets/shared.js': '1',
      'assets/helper.js': '1',
      'assets/worker.js': 'importScripts("/assets/shared.js")',
    })
    expect(await written()).toEqual({
      files: [
        'assets/helper.js',
        'assets/lazy.js',
        'assets/main.js',
        'assets/shared.js',
        'assets/worker.js',
        'index.html',
      ],
      serviceWorkers: ['deeper.js', 'part.js', 'push.js', 'sw.js', 'workbox-8c29f6e4.js'],
    })
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'at its start',
      {
        'index.html':
          '<!doctype html><script src="/sw.js"></script><script type="module" src="/assets/main.js"></script>',
      },
    ],
    ['as a module', { 'assets/main.js': 'import "/sw.js";import("./lazy.js")' }],
    ['later', { 'assets/lazy.js': 'import("../sw.js");new Worker("/assets/worker.js")' }],
  ])('one that a page loads %s stays in', async (_, changes) => {
    await put({ 'sw.js': generated, ...changes })
    expect(await written()).toEqual({ files: [...own, 'sw.js'], serviceWorkers: undefined })
  })

  it.each<[string, string]>([
    ['a page opens as a worker', 'assets/worker.js'],
    ['webpack loads under a computed name', 'assets/179.js'],
  ])('a script that %s stays in, whatever it listens to', async (_, name) => {
    const chunk = '(self.webpackChunk=self.webpackChunk||[]).push([[179],{1:()=>{LISTEN}}])'
    const listen = 'channel.addEventListener("push",()=>1)'
    await put({ [name]: name.endsWith('179.js') ? chunk.replace('LISTEN', listen) : listen })
    const { files, serviceWorkers } = await written()
    expect(files).toContain(name)
    expect(serviceWorkers).toBeUndefined()
  })

  it('a call that opens a worker says nothing of what comes after it', async () => {
    await put({
      'sw.js': generated,
      'assets/lazy.js': 'new Worker(new URL("/assets/worker.js",import.meta.url));f("/sw.js")',
    })
    expect(await written()).toEqual({ files: own, serviceWorkers: ['sw.js'] })
  })

  it('finds them under another root, and writes their names as URLs', async () => {
    await put({
      'a b/sw.js': 'importScripts("./x y.js");skipWaiting()',
      'a b/x y.js': '1',
      'index.html': '<!doctype html><script type="module" src="/shop/assets/main.js"></script>',
    })
    expect(await written('/shop/')).toEqual({ files: own, serviceWorkers: ['a%20b/sw.js', 'a%20b/x%20y.js'] })
  })

  it('gives a build the same name whatever its service worker is', async () => {
    const { build } = await writePageBuild(folder, {})
    await put({ 'sw.js': generated })
    expect((await writePageBuild(folder, {})).build).toBe(build)
    await put({ 'sw.js': `${generated};1` })
    expect((await writePageBuild(folder, {})).build).toBe(build)
  })
})
