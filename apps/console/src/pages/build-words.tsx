import { warningInWords } from '@assay/cli/explain'
import type { Build } from '@assay/protocol/schemas'

/** What was wrong with the file, though it was registered, in words. */
export function BuildWarnings({ of }: { of: Build['warnings'] }) {
  if (of.length === 0) return 'none'
  return (
    <ul className="plain-list">
      {of.map((warning) => (
        <li key={warning}>{warningInWords(warning)}</li>
      ))}
    </ul>
  )
}

/** The version that people know, where there is one, and the one that is compared. */
export const versionOf = ({
  version_name: name,
  version_code: code,
}: Pick<Build, 'version_name' | 'version_code'>) =>
  name === null ? `code ${code}` : `${name} (code ${code})`
