import type { Api, BuildSummary } from '@assay/protocol/schemas'
import type { Storage } from '../storage/open-storage.ts'
import type { Page } from '../system/page.ts'

/** The APIs that name an app. */
export const apisOf =
  ({ apis }: Pick<Storage, 'apis'>) =>
  async (app: string): Promise<Api[]> => {
    const all = await every(
      (page) => apis.list(page),
      ({ audience }) => audience,
    )
    return all.filter(({ apps }) => apps.includes(app))
  }

/** The builds of an app, in whatever state. */
export const buildsOf =
  ({ builds }: Pick<Storage, 'builds'>) =>
  (app: string): Promise<BuildSummary[]> =>
    every(
      (page) => builds.list(app, page),
      ({ id }) => id,
    )

const pageLength = 100

/** All pages of a list. */
export async function every<Listed>(
  read: (page: Page) => Promise<Listed[]>,
  cursorOf: (one: Listed) => string,
): Promise<Listed[]> {
  const all: Listed[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await read({ after: last && cursorOf(last), limit: pageLength })
    all.push(...page)
    if (page.length < pageLength) return all
  }
}
