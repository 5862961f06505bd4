import type { Page } from '../provisioning/page.ts'

/** What `after` is compared with where there is no page before: every id comes after it. */
export const first = ({ after }: Partial<Page> = {}): string => after ?? ''

/** How many rows a query gives. Without a page: all. */
export const most = ({ limit }: Partial<Page> = {}): number => limit ?? Number.MAX_SAFE_INTEGER
