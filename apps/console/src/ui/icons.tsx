import type { ReactNode } from 'react'

const paths = {
  overview: <path d="M4 13h6V4H4v9zm0 7h6v-5H4v5zm10 0h6v-9h-6v9zm0-16v5h6V4h-6z" />,
  apps: (
    <path d="M8 3h8a1.500 1.500 0 0 1 1.500 1.500v15A1.500 1.500 0 0 1 16 21H8a1.500 1.500 0 0 1-1.500-1.500v-15A1.500 1.500 0 0 1 8 3zm2.500 15h3" />
  ),
  attestations: (
    <path d="M12 3l7 2.800v5.600c0 4.400-2.900 8-7 9.600-4.100-1.600-7-5.200-7-9.600V5.800L12 3zm-3 8.800l2.200 2.200 4-4.200" />
  ),
  devices: <path d="M7 3h10v18H7V3zm4 15h2M10 6h4" />,
  apis: <path d="M4 6h16v5H4V6zm0 7h16v5H4v-5zm3-4.500h.01M7 15.500h.01" />,
  policies: <path d="M7 3h7l4 4v14H7V3zm7 0v4h4M10 12h5M10 16h5" />,
  bans: <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.800 5.800l12.400 12.400" />,
  keys: <path d="M14.500 4a5.500 5.500 0 1 1-4.900 8L4 17.500V20h3v-2h2v-2h2l1.300-1.400M15.500 8.500h.01" />,
  audit: <path d="M5 4h14v16H5V4zm3 4h8M8 12h8M8 16h5" />,
  rollout: <path d="M4 19h16M6 15l4-4 3 3 6-7m0 0v4m0-4h-4" />,
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  close: <path d="M6 6l12 12M18 6L6 18" />,
  chevron: <path d="M9 6l6 6-6 6" />,
  alert: <path d="M12 4l9 16H3L12 4zm0 6v4m0 3h.01" />,
  check: <path d="M5 12.500l4.500 4.500L19 7" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof paths

/** Used next to words: screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {paths[name]}
    </svg>
  )
}
