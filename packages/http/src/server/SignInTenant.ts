import * as Context from "effect/Context"

/** The tenant whose users sign in here. Clients have no say in it. */
export const SignInTenant: Context.Reference<string> = Context.Reference<string>("@saldo/http/server/SignInTenant", {
  defaultValue: () => "main"
})
