/** What each code of the service means: made from the CLI's tables when the console is built. */
declare module 'virtual:explanations' {
  export const explanations: Readonly<Record<string, { meaning: string; action: string; section: string }>>
}
