/** `android:debuggable` (a resource id, since names may be blanked). */
const debuggableAttribute = 0x0101000f

const chunkTypes = { stringPool: 0x0001, resourceMap: 0x0180, startElement: 0x0102 } as const

/**
 * A copy of a binary AndroidManifest.xml with `android:debuggable` set to false wherever it stands.
 *
 * @throws Error when it stands nowhere, so that a fixture never is a release build by accident only.
 */
export function clearDebuggable(manifest: Buffer): Buffer {
  const changed = Buffer.from(manifest)
  let cleared = 0
  let resourceIds: number[] = []
  for (let at = 8; at + 8 <= changed.length; at += changed.readUInt32LE(at + 4)) {
    const type = changed.readUInt16LE(at)
    if (type === chunkTypes.resourceMap) resourceIds = readResourceMap(changed, at)
    if (type === chunkTypes.startElement) cleared += clearIn(changed, at, resourceIds)
  }
  if (cleared === 0) throw new Error('the manifest does not say whether it is debuggable')
  return changed
}

function readResourceMap(bytes: Buffer, at: number): number[] {
  const end = at + bytes.readUInt32LE(at + 4)
  const ids: number[] = []
  for (let i = at + bytes.readUInt16LE(at + 2); i + 4 <= end; i += 4) ids.push(bytes.readUInt32LE(i))
  return ids
}

function clearIn(bytes: Buffer, at: number, resourceIds: readonly number[]): number {
  const element = at + bytes.readUInt16LE(at + 2)
  const start = bytes.readUInt16LE(element + 8)
  const size = bytes.readUInt16LE(element + 10)
  const count = bytes.readUInt16LE(element + 12)
  let cleared = 0
  for (let i = 0; i < count; i++) {
    const attribute = element + start + i * size
    if (resourceIds[bytes.readUInt32LE(attribute + 4)] !== debuggableAttribute) continue
    bytes.writeUInt32LE(0, attribute + 16)
    cleared++
  }
  return cleared
}
