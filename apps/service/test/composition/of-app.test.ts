import type { Api } from '@assay/protocol/schemas'
import { expect, test } from 'vitest'
import { apisOf } from '../../src/composition/of-app.ts'
import type { Page } from '../../src/system/page.ts'

/** 250 APIs, of which every second names the app. */
const all = Array.from({ length: 250 }, (_, i) => ({
  audience: `https://api${1000 + i}.example`,
  apps: [i % 2 === 0 ? 'com.example.app' : 'com.example.other'],
})) as Api[]

function storage() {
  const pages: Page[] = []
  const list = async (page: Page): Promise<Api[]> => {
    pages.push(page)
    return all
      .filter(({ audience }) => page.after === undefined || audience > page.after)
      .slice(0, page.limit)
  }
  return { pages, apis: { list } as Parameters<typeof apisOf>[0]['apis'] }
}

test('all APIs of an app are found, over all pages', async () => {
  const found = await apisOf(storage())('com.example.app')
  expect(found.map(({ audience }) => audience)).toEqual(
    all.filter((_, i) => i % 2 === 0).map(({ audience }) => audience),
  )
})

test('no more are read than are wanted', async () => {
  const { pages, apis } = storage()
  const found = await apisOf({ apis }, 40)('com.example.app')
  expect(found).toEqual(all.filter((_, i) => i % 2 === 0).slice(0, 40))
  expect(pages).toHaveLength(1)
})
