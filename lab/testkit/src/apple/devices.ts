import type { ReceiptFields } from './receipt.ts'

/** What Apple knows of the devices that attested keys: receipts by what it gave out, and how many keys each device has. */
export interface AppleDevices {
  /** @param device whatever stands for it; the same one for each of its keys */
  attested(device: object, receipt: Buffer, fields: ReceiptFields): void
  /** What the receipt was about, and how many keys its device has attested; `undefined`: not given out here. */
  lookUp(receipt: Buffer): { fields: ReceiptFields; keys: number } | undefined
  /** Another receipt about the same. */
  renewed(receipt: Buffer, next: Buffer): void
}

export function createAppleDevices(): AppleDevices {
  const receipts = new Map<string, { device: object; fields: ReceiptFields }>()
  const keys = new Map<object, Set<string>>()
  const nameOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return {
    attested(device, receipt, fields) {
      receipts.set(nameOf(receipt), { device, fields })
      const known = keys.get(device) ?? new Set()
      keys.set(device, known.add(nameOf(fields.leaf)))
    },
    lookUp(receipt) {
      const found = receipts.get(nameOf(receipt))
      return found && { fields: found.fields, keys: keys.get(found.device)?.size ?? 0 }
    },
    renewed(receipt, next) {
      const found = receipts.get(nameOf(receipt))
      if (found !== undefined) receipts.set(nameOf(next), found)
    },
  }
}
