import { kindsWith, type Registration } from './examine-registration.ts'

/** What no program can find out, so that a person has to: it is listed so that silence is not mistaken for safety. */
export function unknowns(
  { apps, apis }: Registration,
  { sawFolder, nodes }: { sawFolder: boolean; nodes: number },
): string[] {
  const android = apps.filter(({ app }) => app.platform === 'android').map(({ app }) => app.id)
  const sealed = apps.flatMap(({ app, activity }) =>
    kindsWith('sealed_secret', activity).map((kind) => `${app.id} (${kind})`),
  )
  return [
    ...(sealed.length === 0
      ? []
      : [`Whether the secrets of ${sealed.join(', ')} are there and current: the service never shows them.`]),
    ...(android.length === 0
      ? []
      : [
          `Whether the registered certificates of ${android.join(', ')} are those that the store signs with. With Play App Signing, what your pipeline signs with is only the upload key: compare with "App integrity" in the Play Console.`,
        ]),
    ...(apis.length === 0
      ? []
      : [
          'Whether every route to the same data is behind a guard: an older version of the API, a web front end, a partner interface.',
          'Whether each guard has the audience, mode and tiers that are registered here.',
        ]),
    ...(nodes === 1
      ? []
      : [
          `Which unregistered builds devices name at the other nodes: each of the ${nodes} counts what it sees, and only the one that answered was asked.`,
        ]),
    'Whether the sealing key is backed up, apart from the data folder, and who else can read the backup.',
    'Who has a copy of the API keys.',
    ...(sawFolder
      ? []
      : [
          'Where the sealing key lies, and who may read it: run this on the machine of the service, with its --data and --sealing-key-file.',
        ]),
  ]
}
