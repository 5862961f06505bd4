import type { ReadBuildOptions } from '@assay/app-image'
import { wrappers } from './wrappers.ts'

const wanted = wrappers.flatMap(({ classes }) => classes)
const longest = Math.max(...wanted.map(({ length }) => length))

/**
 * Looks for the classes of the table in the dex files of a build while it is read. Dex files hold class descriptors as
 * plain text, which code that is packed does not.
 */
export function findClasses() {
  const classes = new Map<string, string[]>()
  const keep: NonNullable<ReadBuildOptions['keep']> = ({ name, kind }) => {
    const found = new Set<string>()
    let before = ''
    return {
      write(chunk) {
        if (kind !== 'dex') return
        const text = before + Buffer.from(chunk).toString('latin1')
        for (const one of wanted) if (text.includes(one)) found.add(one)
        before = text.slice(1 - longest)
      },
      end() {
        if (found.size > 0) classes.set(name, [...found])
      },
    }
  }
  return {
    keep,
    /** The descriptors by the segments that hold them, once the build has been read. */
    classes: classes as ReadonlyMap<string, readonly string[]>,
  }
}
