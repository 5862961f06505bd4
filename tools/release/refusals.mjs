/** Why a release is not made or not in order; `docs/releasing.md` lists all codes. Nothing has been written then. */
export const releaseCodes = {
  RELEASE_FOLDER_EXISTS: {
    meaning: 'The folder exists. A release is never mixed into what is there.',
    action: 'Name a folder that does not exist.',
  },
  RELEASE_TOOL_MISSING: {
    meaning: 'A program that makes a part of the release is missing, or too old.',
    action: 'Install it; the message names it.',
  },
  RELEASE_TREE_DIRTY: {
    meaning: 'The checkout has changes that are not committed. A release is made of a commit.',
    action: 'Commit or remove them.',
  },
  RELEASE_TAG_TAKEN: {
    meaning: 'A git tag has this version already.',
    action: 'Choose the next version, in `package.json` and everywhere that RELEASE_VERSIONS_DIFFER names.',
  },
  RELEASE_VERSIONS_DIFFER: {
    meaning: 'A manifest has another version than `package.json` at the root.',
    action: 'Give all of them one version; the message names the file.',
  },
  RELEASE_OWNER_UNFILLED: {
    meaning: '`owner.json` still has a placeholder.',
    action:
      'Fill it in and run `npm run owner`; `--trial` makes a folder that says that it is not to be published.',
  },
}

/** A reason not to make a release. */
export class ReleaseRefusal extends Error {
  name = 'ReleaseRefusal'

  /** @param {keyof typeof releaseCodes} code @param {string} detail */
  constructor(code, detail) {
    super(`${releaseCodes[code].meaning} ${releaseCodes[code].action} (${detail})`)
    this.code = code
  }
}
