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

/** Whether the page has the whole block: a page that is still being received may have the start of it. */
export function hasPageBuild(document: Pick<Document, 'getElementById'>): boolean {
  try {
    return !!readPageBuild(document).build
  } catch {
    return false
  }
}

/** Resolves once the page has been received in whole. */
export async function whenParsed(document: Pick<Document, 'readyState' | 'addEventListener'>): Promise<void> {
  if (document.readyState === 'loading')
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }))
}
