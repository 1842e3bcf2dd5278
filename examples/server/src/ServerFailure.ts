import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import type { SqlError } from "effect/sql/SqlError"
import { sqliteFailure } from "@saldo/sqlite/sqliteFailure"

/** Why the server does not start, in words for whoever started it, and what to do about it. */
export class ServerFailure extends Schema.TaggedError<ServerFailure>()("ServerFailure", {
  happened: Schema.String,
  remedy: Schema.String
}) {
  /** Read by the runtime when the process ends: the entry prints it, and the runtime must not print it again. */
  override readonly [Runtime.errorReported] = false

  override get message(): string {
    return `${this.happened}\n${this.remedy}`
  }
}

/** What kept the server from its database, in words; what the driver says may hold an address with a password. */
export const explained =
  (place: string) =>
  (error: ServerFailure | SqlError | Migrator.MigrationError): ServerFailure => {
    if (error instanceof ServerFailure) return error
    if (error instanceof Migrator.MigrationError) {
      return new ServerFailure({
        happened: `The tables of ${place} do not fit this version of Saldo.`,
        remedy: "Use the version that wrote them, or another database."
      })
    }
    return new ServerFailure({
      happened: `The database ${place} cannot be used (${sqliteFailure(error) ?? error.reason._tag}).`,
      remedy: "Check that it is there, that it may be read and written, and that it is what it should be."
    })
  }
