import type { SaidDevice } from '@assay/protocol/schemas'

/** Characters of a text that are kept. */
const longest = 32
/** What is read of a `User-Agent`: nobody needs more to say what the device is. */
const mostRead = 512

/** Each with the version as its first group, and the model, where it is stated, as its second. */
const systems: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  // HttpURLConnection of Android, and browsers on it.
  {
    name: 'Android',
    pattern: /\bAndroid (\d{1,3}(?:\.\d{1,3}){0,2})(?!\d)(?:; ([^;()]{1,64}?)(?: Build\/[^;()]*)?[;)])?/,
  },
  { name: 'iOS', pattern: /\b(?:iPhone|CPU) OS (\d{1,3}(?:_\d{1,3}){0,2})(?!\d)/ },
  // CFNetwork states the kernel, whose version is that of the system since iOS 26.
  { name: 'Darwin', pattern: /\bDarwin\/(\d{1,3}(?:\.\d{1,3}){0,2})(?!\d)/ },
  { name: 'Windows', pattern: /\bWindows NT (\d{1,3}\.\d{1,3})(?!\d)/ },
  { name: 'macOS', pattern: /\bMac OS X (\d{1,3}(?:[._]\d{1,3}){0,2})(?!\d)/ },
  { name: 'Node', pattern: /\bNode\.js\/(\d{1,3})(?!\d)/ },
]

/** Neither a version nor a model: browsers write it in the place of one. */
const placeholders = new Set(['K', 'wv', 'Mobile', 'Tablet'])

/**
 * What a `User-Agent` says of the system and the model of a device. Anybody can write it: it is shown to people, and
 * decides nothing. Whatever else it contains is left out, control and invisible characters included.
 *
 * @returns null if nothing is understood
 */
export function saidDevice(userAgent: string): SaidDevice | null {
  const read = userAgent.slice(0, mostRead)
  for (const { name, pattern } of systems) {
    const [found, version = '', model] = pattern.exec(read) ?? []
    if (found === undefined) continue
    return { os_version: `${name} ${versionOf(name, version)}`, model: modelOf(model) }
  }
  return null
}

/** Evidence of Android states major and minor version, and no minor version 0: both are counted as one. */
function versionOf(system: string, version: string): string {
  if (system !== 'Android') return version.replaceAll('_', '.')
  const [major = '', minor = '0'] = version.split('.')
  return Number(minor) === 0 ? major : `${major}.${minor}`
}

function modelOf(text: string | undefined): string | null {
  const model = text
    ?.replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, longest)
  return model === undefined || model === '' || placeholders.has(model) ? null : model
}

/** As one text of a column. */
export function saidDeviceText(said: SaidDevice | null): string | null {
  return said === null ? null : `${said.os_version ?? ''}\n${said.model ?? ''}`
}

/** The reverse of {@link saidDeviceText}. */
export function saidDeviceOf(text: string | null): SaidDevice | null {
  if (text === null) return null
  const [version = '', model = ''] = text.split('\n')
  return { os_version: version === '' ? null : version, model: model === '' ? null : model }
}
