import { mustHold, pageBuildId, type PageBuild } from '@assay/protocol'

/**
 * What the bundler wrote into the page: its build and its files. Empty if it wrote nothing.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if it cannot be read
 */
export function readPageBuild(document: Pick<Document, 'getElementById'>): Partial<PageBuild> {
  const block = document.getElementById(pageBuildId)
  if (!block) return {}
  try {
    return JSON.parse(block.textContent) as PageBuild
  } catch {
    mustHold(false, `#${pageBuildId}`)
  }
}
