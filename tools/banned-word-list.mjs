/**
 * The words that are struck for good: the column "lint" of the table Renames in `docs/glossary.md`, as data for
 * `banned-words.mjs`. A test holds the two against each other.
 *
 * - `row`: the cell "old" of its row, or the part of it that is banned
 * - `words`: lower-case words, several in a row with spaces between them: `heard at` is `heardAt`, `heard-at` and "heard at"
 * - `types`: names of types instead of words: only a type that is called exactly so is reported
 * - `exported`: the type may have that name inside its file
 * - `text`: banned in comments and in Markdown too. What stands in backticks there is a name, and free
 * - `except`: identifiers that are names of the wire
 * - `outside`: paths whose files may use it, because it is a name of theirs that stays
 * - `instead`: what to write
 * - `stillIn`: folders or files where the word is still being renamed
 */
export const bannedWords = [
  {
    row: 'hearsay',
    words: ['hearsay'],
    text: true,
    except: ['hearsay'],
    instead: 'unsigned report',
  },
  {
    row: 'sighting; noted, `Noted`',
    words: ['sighting', 'sightings', 'noted'],
    text: true,
    instead: 'counted attestation, tally; "recorded" for what is noted elsewhere',
    stillIn: [
      'apps/service/src/storage/migrations/0007-expected-evidence.ts',
      'apps/service/src/storage/migrations/0016-many-nodes.ts',
    ],
  },
  {
    row: 'hearing, `heardAt`, `checkHearing`',
    words: ['hearing', 'heard at'],
    text: true,
    instead: 'change watch',
    stillIn: ['apps/service/test/attestation/challenge/unsigned-report.test.ts'],
  },
  {
    row: 'believed time',
    words: ['believed time'],
    text: true,
    instead: 'clock check, last trusted time',
  },
  {
    row: 'come back, `ComeBack`',
    words: ['come back', 'comes back'],
    instead: 'retry-after',
  },
  {
    row: 'pace, `unpaced`',
    words: ['pace', 'paces', 'paced', 'unpaced', 'pacing'],
    text: true,
    instead: 'step wrapper',
    stillIn: [
      'apps/service/src/config/service.config.ts',
      'apps/service/src/operations/outcome-feed.ts',
      'apps/service/src/provisioning/builds/upload.ts',
      'apps/service/test/storage/durability.test.ts',
    ],
  },
  {
    row: 'cohort',
    words: ['cohort', 'cohorts'],
    text: true,
    instead: 'lockstep',
  },
  {
    row: 'wish, `Wish`, `VainWishes`',
    words: ['wish', 'wishes', 'wished'],
    text: true,
    instead: 'demand; request, in the families of the wire',
    stillIn: ['packages/attester/android/', 'packages/attester/ios/'],
  },
  {
    row: 'told',
    words: ['told'],
    // A member of the vectors, which the SDKs of phones read.
    outside: /^lab\/wire\/src\/(families|runner)\/protected-fetch\.ts$/,
    instead: 'the thing itself: message, reported, stated, public',
    stillIn: [
      'apps/service/src/http/instance.ts',
      'apps/service/test/attestation/challenge/unsigned-report.test.ts',
      'apps/service/test/composition/nodes.test.ts',
      'apps/service/test/composition/round-trips.test.ts',
      'apps/service/test/storage/database/reporting-dialect.test.ts',
    ],
  },
  {
    row: 'asked, `Asked`',
    types: ['Asked'],
    instead: 'requested, required, or received request',
    stillIn: ['apps/service/test/deploy/proxy.ts'],
  },
  {
    row: '`Taken`, taken',
    types: ['Taken'],
    instead: 'use outcome, quota decision, or sampled',
  },
  { row: 'made places', words: ['made places'], text: true, instead: 'created files' },
  {
    row: 'like build',
    words: ['like build', 'like builds'],
    text: true,
    instead: 'matching build',
  },
  {
    row: 'turn',
    words: ['turn', 'turns'],
    instead: 'tick, round-robin, or judging time',
    stillIn: [
      'apps/service/src/attestation/speed/lockstep.ts',
      'apps/service/src/composition/attestation.feature.ts',
      'apps/service/src/composition/create-service.ts',
      'apps/service/src/operations/signing-keys.usecases.ts',
      'apps/service/src/provisioning/builds/reading/build-reader.ts',
      'apps/service/src/storage/migrations/migrate.ts',
      'apps/service/src/storage/migrations/schema-dialect.ts',
      'apps/service/src/storage/moving/migrate-store.ts',
      'apps/service/test/attestation/attest.test.ts',
      'apps/service/test/attestation/measurement/measurements.test.ts',
      'apps/service/test/attestation/single-use.suite.ts',
      'apps/service/test/attestation/speed/lockstep.test.ts',
      'apps/service/test/provisioning/dry-run/dry-run.usecases.test.ts',
      'apps/service/test/storage/valkey/gathering.test.ts',
      'apps/service/test/system/actor.test.ts',
      'apps/service/test/system/programs/track-promises.ts',
    ],
  },
  { row: 'entry', types: ['Entry'], exported: true, instead: 'intake, audit entry, ZIP entry, or member' },
  {
    row: 'denial',
    words: ['denial', 'denials'],
    instead: 'refusal',
    stillIn: [
      'apps/service/src/attestation/answer.ts',
      'apps/service/src/faults/problem-error.ts',
      'apps/service/test/attestation/measurement/matching-build.test.ts',
      'apps/service/test/http/refusal-log.test.ts',
      'apps/service/test/upgrade/upgrade.test.ts',
    ],
  },
  {
    row: 'verdict',
    types: ['Verdict'],
    outside: /play/i,
    instead: 'result, outcome, or judgement; the word is Google Play’s',
  },
]
