import type { CodeTable } from '@assay/protocol'

/** Why the folder of a web build is not stamped. Each names the file. */
export const stampCodes = {
  WEB_BLOCK_TWICE: {
    meaning:
      'A page holds more than one block of Assay, or another element has the id of the block: two plugins have stamped it, and only the first counts in browsers.',
    action: 'Build it again, with one plugin or with `assay build stamp`, and not with both into one page.',
  },
  WEB_BLOCK_HIDDEN: {
    meaning:
      'A page holds a block of Assay where no browser finds it: in a comment, a `<template>` or a `<noscript>`.',
    action: 'Take it out of the source of the page, and stamp it again.',
  },
  WEB_PAGE_HASHED: {
    meaning:
      'A file in the folder lists the digest of a page that the block changes (the precache of Workbox, `ngsw.json`): service workers would keep an outdated page, or none.',
    action:
      'Stamp before digests are taken: delete the file, stamp, and repeat the command that wrote it (`workbox generateSW` or `workbox injectManifest`; `ngsw-config`).',
  },
  WEB_OWN_IMPORT_MAP: {
    meaning:
      'With the coverage `entry`, a page has an import map of its own: not every engine takes a second one, so nothing would hold lazy chunks to their digests.',
    action: 'Use the coverage `image`, or build the page without an import map.',
  },
  WEB_PLUGIN_TWICE: {
    meaning: 'The configuration of the bundler has the plugin of Assay more than once.',
    action: 'Leave one, the last of all plugins.',
  },
} as const satisfies CodeTable

export type StampCode = keyof typeof stampCodes
