export type Theme = 'system' | 'light' | 'dark'

const name = 'assay-theme'

export function readTheme(): Theme {
  const stored = localStorage.getItem(name)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** `system`: follows the operating system. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme']
    localStorage.removeItem(name)
  } else {
    document.documentElement.dataset['theme'] = theme
    localStorage.setItem(name, theme)
  }
}
