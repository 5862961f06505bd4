import type { Api, BuildSummary } from '@assay/protocol/schemas'
import type { Storage } from '../storage/open-storage.ts'
import type { Page } from '../system/page.ts'

/** The APIs that name an app, in the order of their audiences. @param most of them; default: all */
export const apisOf =
  ({ apis }: Pick<Storage, 'apis'>, most = Infinity) =>
  async (app: string): Promise<Api[]> => {
    const found: Api[] = []
    for (let after: string | undefined; ;) {
      const page = await apis.list({ after, limit: pageLength })
      found.push(...page.filter(({ apps }) => apps.includes(app)))
      if (page.length < pageLength || found.length >= most) return found.slice(0, most)
      after = page.at(-1)?.audience
    }
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
