import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildConsole } from './build-console.mjs'

test('the console is built for production, also by a test', async () => {
  await buildConsole()
  const assets = new URL('../apps/console/dist/assets/', import.meta.url)
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
  const ofDevelopment = scripts.filter((name) =>
    readFileSync(new URL(name, assets), 'utf8').includes('react.dev/link/react-devtools'),
  )
  expect(scripts).not.toEqual([])
  expect(ofDevelopment).toEqual([])
})
