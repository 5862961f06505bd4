/** Before and after somebody is let through where it changes nothing. */
export const noHelp = (audience: string) =>
  `Warning: it will not help. By its registration, the guards of ${audience} refuse devices on the allow list. If they have \`allowListed: true\`, state it: assay api update ${audience} --allow-listed`
