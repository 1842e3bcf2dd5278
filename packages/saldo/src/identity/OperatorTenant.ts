import * as Context from "effect/Context"

/**
 * The tenant of whoever runs the installation: its administrators change what all tenants share, such as signing keys, and
 * its trail holds what belongs to no other, such as tokens that nobody knows.
 */
export const OperatorTenant: Context.Reference<string> = Context.Reference<string>("saldo/identity/OperatorTenant", {
  defaultValue: () => "system"
})
