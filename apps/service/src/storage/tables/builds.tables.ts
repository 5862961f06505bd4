import type { SdkManifest } from '@assay/measurement'
import type { Build, BuildWarning, Coverage, SegmentKind } from '@assay/protocol'
import type { Flag, Json } from '../columns.ts'

export interface BuildTables {
  builds: {
    app: string
    id: string
    format: Build['format']
    package: string
    version_name: string | null
    version_code: number
    min_sdk: number | null
    target_sdk: number | null
    debuggable: Flag
    signers: Json<string[]>
    schemes: Json<string[]>
    framework: string
    sdk: string | null
    /** Null where the build is measured without its SDK's live functions and probes. */
    sdk_manifest: Json<SdkManifest> | null
    coverage: Coverage
    image_digest: string
    warnings: Json<BuildWarning[]>
    state: Build['state']
    /** Milliseconds since 1970. */
    created_at: number
    /** When an attestation last named the build, to the hour or so; milliseconds since 1970. */
    last_seen_at: number | null
  }
  build_segments: {
    app: string
    build: string
    name: string
    kind: SegmentKind
    /** Bytes. */
    length: number
    /** Names the blob; lower-case hex. */
    sha256: string
  }
}
