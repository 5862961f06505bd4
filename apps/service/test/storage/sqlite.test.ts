import { storageContract } from './support/contract.ts'
import { sqliteWorld } from './support/sqlite-world.ts'

storageContract(sqliteWorld())
