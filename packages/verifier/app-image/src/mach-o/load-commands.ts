import { malformedExecutable } from './mach-o-error.ts'

const segmentCommand = 0x19
const uuidCommand = 0x1b
const codeSignatureCommand = 0x1d
/** `LC_ENCRYPTION_INFO` and `LC_ENCRYPTION_INFO_64`. */
const encryptionCommands: readonly number[] = [0x21, 0x2c]
const uuidLength = 16

/** The parts of the load commands that concern the signature and the code in memory. */
export interface Commands {
  /** Hex. */
  readonly uuid: string | null
  /** In bytes from the start of the slice. */
  readonly signature: { readonly offset: number; readonly length: number } | null
  /** Whether some of the code is encrypted in the file, as the App Store does it. */
  readonly isEncrypted: boolean
  /** The commands that map a segment (`LC_SEGMENT_64`), unread. */
  readonly segments: readonly Buffer[]
}

/**
 * @param count as the header counts them
 * @throws AppImageError `MACHO_MALFORMED`, also for a second UUID or signature: readers would disagree about which counts
 */
export function readCommands(bytes: Buffer, count: number, littleEndian: boolean): Commands {
  const word = (from: Buffer, at: number): number =>
    littleEndian ? from.readUInt32LE(at) : from.readUInt32BE(at)
  let uuid: Commands['uuid'] = null
  let signature: Commands['signature'] = null
  let isEncrypted = false
  const segments: Buffer[] = []
  let at = 0
  for (let left = count; left > 0; left--) {
    if (at + 8 > bytes.length) throw malformedExecutable('a load command is cut short')
    const length = word(bytes, at + 4)
    if (length < 8 || at + length > bytes.length) throw malformedExecutable('a load command is cut short')
    const command = bytes.subarray(at, at + length)
    at += length
    const kind = word(command, 0)
    switch (kind) {
      case segmentCommand:
        segments.push(command)
        break
      case uuidCommand:
        if (uuid !== null || length !== 8 + uuidLength) throw malformedExecutable('LC_UUID is malformed')
        uuid = command.toString('hex', 8)
        break
      case codeSignatureCommand:
        if (signature !== null || length !== 16) throw malformedExecutable('LC_CODE_SIGNATURE is malformed')
        signature = { offset: word(command, 8), length: word(command, 12) }
        break
    }
    if (encryptionCommands.includes(kind)) {
      if (length < 20) throw malformedExecutable('LC_ENCRYPTION_INFO is malformed')
      isEncrypted ||= word(command, 16) !== 0
    }
  }
  return { uuid, signature, isEncrypted, segments }
}
