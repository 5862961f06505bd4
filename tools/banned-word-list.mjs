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
    // The trigger's name in the store.
    outside: /^apps\/service\/src\/storage\/migrations\/first-release\/change-notes\.ts$/,
  },
  {
    row: 'hearing, `heardAt`, `checkHearing`',
    words: ['hearing', 'heard at'],
    text: true,
    instead: 'change watch',
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
  },
  {
    row: 'told',
    words: ['told'],
    // A member of the vectors, which the SDKs of phones read.
    outside: /^lab\/vectors\/src\/wire\/(families|runner)\/protected-fetch\.ts$/,
    instead: 'the thing itself: message, reported, stated, public',
  },
  {
    row: 'asked, `Asked`',
    types: ['Asked'],
    instead: 'requested, required, or received request',
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
  },
  { row: 'entry', types: ['Entry'], exported: true, instead: 'intake, audit entry, ZIP entry, or member' },
  {
    row: 'denial',
    words: ['denial', 'denials'],
    instead: 'refusal',
  },
  {
    row: 'verdict',
    types: ['Verdict'],
    outside: /play/i,
    instead: 'result, outcome, or judgement; the word is Google Play’s',
  },
]
