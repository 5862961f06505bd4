import { createDeveloperCa, developerFaults, type DeveloperFault } from '@assay/testkit'
import { describe, expect, it } from 'vitest'
import { uploadSigner } from '../../../src/provisioning/builds/upload-signer.ts'

const team = 'ABCDE12345'
const now = Date.parse('2026-11-27T00:00:00Z')
const ca = createDeveloperCa(now / 1000)
const chain = (fault?: DeveloperFault) =>
  ca.certificates(team, fault).map((certificate) => certificate.toString('base64'))

const slice = (certificates: string[], teamId: string | null = team) => ({
  arch: 'arm64' as const,
  uuid: null,
  cdHash: '',
  identifier: 'com.example.app',
  hashType: 'sha256' as const,
  teamId,
  certificates,
})
const expected = {
  roots: [ca.root],
  teams: [team],
  known: [],
  requested: { newTeam: false, versionCode: undefined },
  apiKey: { scope: 'registration' as const },
  now,
}
const signerOf = (slices: ReturnType<typeof slice>[], more = {}, report = {}) =>
  uploadSigner(
    { format: 'ipa', codeSignature: slices, sealed: true, versionCode: 7, ...report },
    { ...expected, ...more },
  )
const admin = { apiKey: { scope: 'admin' as const } }
const nobody = { signer: undefined, isNewTeam: false, vouches: false }

describe('an IPA', () => {
  it('by a certificate of Apple for the app’s team is vouched for by it', () => {
    const signed = signerOf([slice(chain())])
    expect(signed).toEqual({
      signer: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, teamId: team },
      isNewTeam: false,
      vouches: true,
      warnings: [],
    })
  })

  it('by a new certificate of that team is reported, and vouched for', () => {
    expect(signerOf([slice(chain())], { known: ['0'.repeat(64)] })).toMatchObject({
      vouches: true,
      warnings: ['signing_certificate_new'],
    })
    const certificates = chain()
    const known = [signerOf([slice(certificates)]).signer?.sha256]
    expect(signerOf([slice(certificates)], { known }).warnings).toEqual([])
  })

  it('with files outside the signature is reported, and not vouched for', () => {
    expect(signerOf([slice(chain())], {}, { sealed: false })).toMatchObject({
      vouches: false,
      warnings: ['files_not_sealed'],
    })
  })

  it('is not vouched for in a place among the versions that it does not state', () => {
    const at = (versionCode: number, stated: number | null) =>
      signerOf([slice(chain())], { requested: { newTeam: false, versionCode } }, { versionCode: stated })
        .vouches
    expect([at(7, 7), at(8, 7), at(7, null)]).toEqual([true, false, false])
  })

  it('of a team that the app does not list is refused, unless an admin agrees or it is the first team', () => {
    const of = (more: object) => () => signerOf([slice(chain())], { teams: ['OTHER12345'], ...more })
    const requested = { newTeam: true, versionCode: undefined }
    expect(of({})).toThrow(expect.objectContaining({ code: 'team_not_registered' }))
    expect(of({ teams: [] })).toThrow(expect.objectContaining({ code: 'team_not_registered' }))
    expect(of({ requested })).toThrow(expect.objectContaining({ code: 'team_not_registered' }))
    expect(of(admin)).toThrow(expect.objectContaining({ code: 'team_new' }))
    const recorded = { isNewTeam: true, vouches: true, warnings: ['new_team_recorded'] }
    expect(of({ ...admin, requested })()).toMatchObject(recorded)
    expect(of({ ...admin, teams: [] })()).toMatchObject(recorded)
  })

  it.each<readonly [string, ReturnType<typeof slice>[]]>([
    ['nobody has signed', []],
    ['has no signature of a developer', [slice([])]],
    ['names another team than its certificate', [slice(chain(), 'OTHER12345')]],
    ['has slices by two certificates', [slice(chain()), slice(chain())]],
    ['lacks the certificate of the issuer', [slice(chain().slice(0, 1))]],
    ...developerFaults.map((fault): [string, ReturnType<typeof slice>[]] => [
      `has certificates with a fault: ${fault}`,
      [slice(chain(fault))],
    ]),
    ['holds nonsense', [slice(['AAAA', 'AAAA'])]],
  ])('that %s is told', (_what, slices) => {
    expect(signerOf(slices)).toEqual({ ...nobody, warnings: ['signer_not_apple'] })
  })

  it('under another root is reported, and other builds have no such signer', () => {
    expect(signerOf([slice(chain())], { roots: [] }).warnings).toEqual(['signer_not_apple'])
    expect(signerOf([], {}, { format: 'web' })).toEqual({ ...nobody, warnings: [] })
  })
})
