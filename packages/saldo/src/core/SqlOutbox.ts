import type * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Atomic } from "./Atomic.ts"
import { Outbox, type Subscription } from "./Outbox.ts"
import * as SqlDeadLetterStore from "./SqlDeadLetterStore.ts"

/**
 * `pollInterval` (one second by default) bounds how late another process notices an event; the appending process notices
 * at once. An event whose process died is delivered again after `lockExpiration` (two minutes).
 */
export interface SqlOutboxOptions {
  readonly pollInterval?: Duration.Input
  readonly lockRefreshInterval?: Duration.Input
  readonly lockExpiration?: Duration.Input
}

/**
 * The outbox in the host's database: Effect's `PersistedQueue` on the same `SqlClient` that the transaction runs on, in
 * the table `saldo_core_outbox`, which it creates itself. Dead letters need the migrations of `SqlDeadLetterStore`.
 */
export const layer = (
  subscriptions: ReadonlyArray<Subscription>,
  options: SqlOutboxOptions = {}
): Layer.Layer<Outbox, SqlError, Atomic | SqlClient.SqlClient> =>
  Outbox.layer(subscriptions).pipe(
    Layer.provide([
      PersistedQueue.layer.pipe(
        Layer.provide(PersistedQueue.layerStoreSql({ ...options, tableName: "saldo_core_outbox" }))
      ),
      SqlDeadLetterStore.layer
    ])
  )
