export const route = () => `lazy route of ${settings.release}`
