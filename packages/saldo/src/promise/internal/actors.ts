/**
 * Who acts, as hosts without Effect say it.
 */

/** Who acts, as a host's own sign-in knows it. */
export interface ActorOptions {
  readonly tenant: string
  readonly id: string
  /** `user` when left out. */
  readonly kind?: "user" | "service" | "system"
  readonly roles?: ReadonlyArray<string>
  /** Such as `ledger:post`, `ledger:*` or `*`; none when left out. */
  readonly permissions?: ReadonlyArray<string>
  /** For whom, when that is somebody else; of the same tenant. */
  readonly onBehalfOf?: string
}
