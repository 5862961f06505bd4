/** The extension that holds a KeyDescription. */
export const statementOid = '1.3.6.1.4.1.11129.2.1.17'
