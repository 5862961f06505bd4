import { readFileSync } from 'node:fs'
import path from 'node:path'

const page = 'docs/verify-a-release.md'
const relativeLink = /\]\((?![a-z]+:|#)([^)\s]+)\)/g

/** The page of a release, which lies in its folder: links lead to the files of its commit. */
export function pageOfRelease(root, { owner, commit, version }) {
  return readFileSync(path.join(root, page), 'utf8')
    .replace(relativeLink, (_all, target) => {
      const file = path.posix.join(path.posix.dirname(page), target)
      return `](${owner.repository}/blob/${commit}/${file})`
    })
    .replaceAll('VERSION', version)
    .replaceAll('COMMIT', commit)
    .replaceAll('REPOSITORY', owner.repository)
}
