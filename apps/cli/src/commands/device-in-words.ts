import type { SaidDevice, VouchedDevice } from '@assay/protocol/schemas'

/** @param vouched `at`: since when it is known */
export function vouchedInWords(vouched: (VouchedDevice & { at?: string }) | null): string {
  if (vouched === null) return 'nothing: neither hardware nor a vendor has said anything of it'
  const patch = vouched.patch_level === null ? [] : [`patches of ${vouched.patch_level}`]
  return [vouched.os_version ?? 'version unknown', ...patch, ...since(vouched)].join(', ')
}

/** @param said `at`: since when it is known */
export function saidInWords(said: (SaidDevice & { at?: string }) | null): string {
  if (said === null) return 'nothing that is understood'
  return [said.os_version ?? 'version unknown', said.model ?? 'model unknown', ...since(said)].join(', ')
}

const since = ({ at }: { at?: string }) => (at === undefined ? [] : [`on ${at}`])
