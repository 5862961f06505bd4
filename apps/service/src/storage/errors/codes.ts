import type { ErrorTable } from '@assay/protocol'

/** Every way in which storage reports a malfunction of its own. */
export const storageCodes = {
  STORAGE_LOCKED: {
    message: 'another process has the data folder open, or is at work on the database',
    meaning:
      'Another process has the data folder open; or another process works on the PostgreSQL database, and one of the two has no Valkey.',
    action:
      'Stop it, or give all nodes the same `--valkey`. A process that is dead or frozen lets go within 30 seconds.',
  },
  STORAGE_NEWER_SCHEMA: {
    message: 'the database was written by another version of the service',
    meaning: 'Another version of the service wrote the database; nothing was changed.',
    action: 'Run that version or a later one, or restore a backup from before the update.',
  },
  STORAGE_OTHER_SCHEMA: {
    message: 'the database was written with another schema',
    meaning:
      'An unreleased version of the service wrote the database, and one of its schema steps was rewritten since; nothing was changed. The message names the version and both steps.',
    action:
      'Go on with the version that wrote it. Where this one has the same steps, move by `assay backup` with that version and `assay restore` with this one; docs/releasing.md, “The schema”, says what to do where it has not.',
  },
  STORAGE_OLDER_SCHEMA: {
    message: 'the database was written by an older version of the service',
    meaning: 'An older version of the service wrote the database that is to be moved; nothing was changed.',
    action: 'Start this version on it once, stop it, and then move it.',
  },
  STORAGE_NOT_EMPTY: {
    message: 'the database to move to is not empty',
    meaning: 'The target PostgreSQL schema already holds something; nothing was changed.',
    action:
      'Give an empty database. One on which a service was started is not empty: drop it and create it anew.',
  },
  STORAGE_RIGHTS: {
    message: 'the role of the database may not do what the service needs',
    meaning:
      'The PostgreSQL role of the service lacks a right: on the tables, or to bring the schema up to date, which only their owner may.',
    action:
      'Run `assay upgrade --postgres URL-OF-THE-OWNER --grant ROLE` with this version, then start the service again.',
  },
  STORAGE_ROLE: {
    message: 'the database role cannot be given the rights of the service',
    meaning:
      'The role of `assay upgrade --grant` does not exist, or may act as the owner of the tables: then its rights would not keep it from changing the audit log.',
    action: 'Make a role of its own for the service, which is no superuser and no member of the owner.',
  },
  STORAGE_UNAVAILABLE: {
    message: 'the database cannot be opened',
    meaning: 'The folder or the database server cannot be reached or opened.',
    action: 'Check path, permissions and space; for PostgreSQL, check address, login and network.',
  },
  STORAGE_NOT_ANSWERING: {
    message: 'the database does not answer',
    meaning:
      'The database gave no answer in time, refused the connection, or is busy: the request may be sent again.',
    action:
      'Look at the database server: whether it runs, its load and its locks. The service recovers by itself.',
  },
  STORAGE_VALKEY_UNAVAILABLE: {
    message: 'Valkey cannot be reached',
    meaning: 'At the start Valkey could not be reached, or refused the login.',
    action:
      'Check address, login and network, and that the user may run functions (`FUNCTION LOAD`, `FCALL`).',
  },
  STORAGE_VALKEY_UNSUITABLE: {
    message: 'Valkey is not set up for the service',
    meaning:
      'Valkey is too old, may evict keys, is a replica, or takes writes only with replicas and has none.',
    action: 'Correct it as the message says.',
  },
  STORAGE_VALKEY_NOT_ANSWERING: {
    message: 'Valkey does not answer',
    meaning:
      'Valkey gave no answer in time, refused the connection, or took no writes: the request may be sent again. Issued tokens stay valid.',
    action:
      'Look at the Valkey server: whether it runs, its memory and its replicas. The service recovers by itself.',
  },
  STORAGE_FULL: {
    message: 'there is no space left for the database',
    meaning: 'The disk of the database is full: nothing was written.',
    action: 'Make room on the disk. The service recovers by itself.',
  },
  STORAGE_DAMAGED: {
    message: 'the database file is damaged',
    meaning: 'The database file is damaged, or is not a database.',
    action: 'Restore a backup.',
  },
  STORAGE_SEALING_KEY: {
    message: 'the sealing key belongs to another database',
    meaning: 'The sealing key belongs to another database.',
    action: 'Give the right key file, from its backup. Without it the sealed keys are lost.',
  },
  STORAGE_SEALED_VALUE: {
    message: 'a sealed value does not open',
    meaning: 'A sealed value was changed, moved or truncated.',
    action: 'Restore a backup; find out who writes to the database.',
  },
  STORAGE_BLOB_MISSING: {
    message: 'a blob is missing',
    meaning: 'A segment of a registered build is gone from `blobs`.',
    action:
      'Restore the folder `blobs` from a backup, or remove the app and register it and its builds again.',
  },
  STORAGE_BLOB_LENGTH: {
    message: 'the length of a blob differs from its row',
    meaning: 'A segment in `blobs` is shorter or longer than registered.',
    action: 'As for `STORAGE_BLOB_MISSING`.',
  },
  STORAGE_BLOB_DIGEST: {
    message: 'a blob is not what its digest says',
    meaning: 'A segment, in `blobs` or in the database, has other bytes than those that were registered.',
    action: 'As for `STORAGE_BLOB_MISSING`; find out who writes to the folder or the database.',
  },
  STORAGE_OTHER_STORE: {
    message: 'the data folder belongs to another database',
    meaning:
      'The data folder was used with another database: its `store-id` differs from the one in this database.',
    action: 'Give the folder and the database that belong together, or an empty folder for a further node.',
  },
  STORAGE_EXISTS: {
    message: 'the target exists already',
    meaning: 'The target of `assay backup` or `restore` exists already. Nothing was touched.',
    action: 'Name a folder that does not exist yet. To go back to a backup, move the data folder away first.',
  },
  STORAGE_BACKUP_INCOMPLETE: {
    message: 'the backup is incomplete',
    meaning:
      'A file of the backup is missing, truncated, or no longer has the bytes that it was made with. Nothing was touched.',
    action: 'Copy the backup again from where it is kept, or take another one.',
  },
  STORAGE_BACKUP_FORGED: {
    message: 'the backup is not one that this service made',
    meaning:
      'The MAC of the backup is missing or wrong: somebody who does not have the sealing key has made or changed it. Nothing was touched.',
    action: 'Take another backup, and find out who can write to where backups are kept.',
  },
  STORAGE_BACKUP_OLDER: {
    message: 'the backup is older than the known entry of the audit log',
    meaning: 'The audit log in the backup does not hold the entry of `--known-head`. Nothing was touched.',
    action:
      'Take a newer backup. If there is none, restore without `--known-head`, and do again what was done since: bans, retired builds, policies, revoked secrets.',
  },
  STORAGE_BACKUP_VERSION: {
    message: 'the backup was made by another version of the service',
    meaning:
      'Another version of the service made the backup, which this one cannot read. Nothing was touched.',
    action: 'Restore it with the version that made it, or a later one.',
  },
} as const satisfies ErrorTable
