import type { CodeTable } from '@assay/protocol'

/**
 * Why the service does not start, besides the codes of storage. Where several things can be wrong, the message of the
 * error says which is; otherwise it is the meaning.
 */
export const startCodes = {
  SERVICE_DATA_FOLDER: { meaning: 'No data folder is given.', action: 'Set `--data` or `ASSAY_DATA`.' },
  SERVICE_POSTGRES: {
    meaning: 'The address is not a `postgres:` or `postgresql:` URL.',
    action: 'Correct `--postgres` or `ASSAY_POSTGRES`.',
  },
  SERVICE_VALKEY: {
    meaning: 'The address is not a `valkey:` or `valkeys:` URL, or Valkey is configured without PostgreSQL.',
    action: 'Correct `--valkey` or `ASSAY_VALKEY`; for one node leave it out.',
  },
  SERVICE_SEALING_KEY: {
    meaning: 'The sealing key is not 32 bytes, or is not random.',
    action: 'Let `assay init` make it.',
  },
  SERVICE_LISTEN: {
    meaning: 'The address is missing, the port is not 0 to 65,535, or a trusted proxy is not an address.',
    action: 'Correct `--host`, `--port` or `--trusted-proxy`, as the message says.',
  },
  SERVICE_PUBLIC_URL: {
    meaning:
      'The public URL is missing where other machines reach the service, is not https, or has a user, query or fragment.',
    action: 'Set `--public-url` to what apps and APIs call.',
  },
  SERVICE_CONSOLE: {
    meaning:
      'The address of the console is not HOST:PORT, or other machines can reach it and its https URL is missing, or its files are not built.',
    action:
      'Correct `--console-listen`; beyond loopback put a proxy that speaks https in front, and give its address by `--console-url`. In a working copy run `npm run build`.',
  },
  SERVICE_LOG: {
    meaning: 'The log level is invalid.',
    action: 'Use `fatal`, `error`, `warn`, `info`, `debug` or `silent`.',
  },
  SERVICE_LIMITS: {
    meaning: 'A limit or quota is out of bounds.',
    action: 'Correct `limits` or `--limit`.',
  },
  SERVICE_EPOCH: {
    meaning: 'The epoch is not 60 to 86,400 whole seconds long.',
    action: 'Correct `epochLength`, or `--epoch-length`.',
  },
  SERVICE_TRACING: {
    meaning:
      'Traces are enabled, but the endpoint is not an http or https URL without user and query, or the packages of OpenTelemetry are not installed.',
    action:
      'Give `--otlp-endpoint` the address of an OTLP/HTTP receiver, such as http://127.0.0.1:4318, and install the packages that docs/guides/watch-the-fleet.md names; or leave it out, and unset OTEL_EXPORTER_OTLP_ENDPOINT.',
  },
  SERVICE_VENDORS: {
    meaning:
      'The age of a status list is not 3,600 to 2,592,000 whole seconds, or the file of the Google service account has no name.',
    action: 'Correct `vendors`, or `--status-list-max-age` and `--google-credentials`.',
  },
  SERVICE_GOOGLE_CREDENTIALS: {
    meaning:
      'The file of `--google-credentials` cannot be read, or is not the JSON key of a Google service account with its private key.',
    action:
      "Give `--google-credentials` the key file that Google's console made for the service account, readable by the service's user; where no app needs Google to decode its tokens, leave it out.",
  },
  SERVICE_TEST_VENDORS: {
    meaning: 'The test vendors are malformed, or other machines can reach the service.',
    action:
      'Listen on loopback, with no other public URL and no trusted proxy; test roots are for trials only. In production leave them out.',
  },
  SERVICE_ADMIN_KEY: {
    meaning: 'The configured first admin key does not have the form of an API key.',
    action: 'Give `assay_` and 32 random bytes in base64url; or give none, and run `assay init`.',
  },
  SERVICE_NO_ADMIN_KEY: {
    meaning: 'There is no admin key: nobody could administer the service.',
    action:
      'Run `assay init` with the same data folder, or with the same database: `--postgres` or `ASSAY_POSTGRES`.',
  },
  SERVICE_ADDRESS: {
    meaning: 'The service cannot listen on the address: it is in use, not of this machine, or not permitted.',
    action: 'Stop what listens there, or choose another port.',
  },
} as const satisfies CodeTable
