export interface SecretTables {
  secrets: {
    name: string
    sealed: Uint8Array
  }
}
