export { createWebViewClient } from './client.ts'
export type { WebViewClient, WebViewClientOptions } from './client.ts'
