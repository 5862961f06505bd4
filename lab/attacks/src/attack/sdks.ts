import type { Stage } from '@assay/phones/android'
import type { IosStage } from '@assay/phones/ios'

/** The outcome of a try: the operator's code, or `null` if the attacker was served. */
export type Code = string | null

type Try<Scene> = (stage: Scene) => Promise<Code>

/** How an attack is carried out with the SDK of a phone. */
export type WithSdk<Scene> = Try<Scene> | SdkTries<Scene>

interface SdkTries<Scene> {
  readonly attack: Try<Scene>
  /** The same with only the tampered property put right: it must be served. Default: a genuine phone with the genuine app. */
  readonly twin?: Try<Scene>
  /** Default: the code that is expected where hardware vouches for the app. */
  readonly code?: string
}

/** The drivers of an attack beside the TypeScript SDK, or the reasons why an SDK has no part in it. */
export interface Sdks {
  readonly kotlin: WithSdk<Stage> | ReasonOf<'Kotlin'>
  readonly swift: WithSdk<IosStage> | ReasonOf<'Swift'>
  /** JavaScript over the bridge of React Native and the Kotlin SDK. Default: as with the Kotlin SDK. */
  readonly hermes?: WithSdk<Stage>
}

/** A reason why attacks are not carried out with the SDK of a phone. */
interface WithoutSdk {
  readonly sdks: readonly ('Kotlin' | 'Swift')[]
  readonly reason: string
}

const both = ['Kotlin', 'Swift'] as const

/** The reasons for empty cells of the table. An attack names its reason by the key. */
export const withoutSdk = {
  script: {
    sdks: both,
    reason: 'A script attacks without the app, or with requests that it writes itself',
  },
  'own-client-data': {
    sdks: both,
    reason: 'The attacker writes client data and signs it; an SDK signs only what it has written itself',
  },
  'key-outside-hardware': {
    sdks: both,
    reason: 'The installation key is outside the hardware, where the SDK of a phone never puts it',
  },
  'keys-of-a-script': {
    sdks: both,
    reason: 'A phone vouches for keys that a script has made and holds',
  },
  'react-native': {
    sdks: both,
    reason: 'It acts on the JavaScript of an app in React Native, which has a column of its own',
  },
  forged: {
    sdks: both,
    reason: 'The attacker forges the token or the proof',
  },
  'at-the-api': {
    sdks: both,
    reason: 'It acts on the API or its guard, with a request that is the same from every SDK',
  },
  'at-the-service': {
    sdks: both,
    reason: 'It acts on the service or its operator',
  },
  'in-a-browser': {
    sdks: both,
    reason: 'It acts on the service worker of a page, in a browser',
  },
  'shown-source': {
    sdks: both,
    reason:
      'It changes functions whose source an engine shows; a native SDK has none, and `ipa-patched-in-memory` is what stands for it on an iPhone',
  },
  'iphone-executable': {
    sdks: ['Swift'],
    reason:
      'On an iPhone the SDK is part of the executable, whose file the store rewrites; `ipa-executable-patched` is what stands for it',
  },
  'android-only': {
    sdks: ['Swift'],
    reason: 'It is an attack on Android, its hardware or Google Play',
  },
  'ios-only': {
    sdks: ['Kotlin'],
    reason: "It is an attack on iOS or on Apple's App Attest",
  },
  'changed-sdk': {
    sdks: ['Kotlin'],
    reason:
      'Only a changed SDK sends it: ours signs with the key that the chain names, and brings one chain, of its own challenge',
  },
  'needs-play': {
    sdks: ['Kotlin'],
    reason: 'It needs Google Play, which the simulated phone of a JVM does not have',
  },
  'same-to-an-sdk': {
    sdks: ['Kotlin'],
    reason:
      'What differs is done before or after by a tool or an operator; `repackaged-in-node`, `resigned-app-on-phone` and `keybox-revoked` are the same to an SDK',
  },
} as const satisfies Readonly<Record<string, WithoutSdk>>

/** The reasons that an attack may name for this SDK. */
type ReasonOf<Sdk extends 'Kotlin' | 'Swift'> = {
  [Key in keyof typeof withoutSdk]: Sdk extends (typeof withoutSdk)[Key]['sdks'][number] ? Key : never
}[keyof typeof withoutSdk]

/** Neither SDK has a part in the attack, for the same reason. */
export function without(reason: ReasonOf<'Kotlin'> & ReasonOf<'Swift'>): Sdks {
  return { kotlin: reason, swift: reason }
}
