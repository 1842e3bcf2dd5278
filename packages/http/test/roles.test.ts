/**
 * Which endpoint asks for which permissions, and which standard role has them: found by calling each endpoint as each.
 */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { AuditStore } from "saldo/audit/AuditStore"
import { Identity, Permission } from "saldo/core/Actor"
import { sha256 } from "saldo/core/sha256"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { standardRoles } from "saldo/identity/Roles"
import { Authenticator } from "../src/server/Authenticator.ts"
import { current } from "./contract/committed.ts"
import { type Operation, operations, publicEndpoints } from "./contract/operations.ts"
import { bodies, queries } from "./contract/requests.ts"
import { users } from "./identityWorld.ts"
import { Served, servedOver, tenant } from "./world.ts"

type Role = keyof typeof standardRoles
const everyRole = Object.keys(standardRoles) as ReadonlyArray<Role>

/** A user's id that a name stands for. */
const userId = (name: string): string => `user_0${sha256(name).slice(0, 25)}`

/** Whoever is `id` may do what stands before it: the name of a standard role, or permissions with `+` between. */
const authenticator = Layer.succeed(
  Authenticator,
  Authenticator.of({
    authenticate: (_, credential) => {
      const [id = "", may = ""] = Redacted.value(credential).split("~")
      if (id === "") return Effect.fail(new CredentialsInvalid())
      const role = everyRole.find((each) => each === may)
      const permissions =
        role === undefined
          ? may.split("+").flatMap((each) => (each === "" ? [] : [Permission.make(each)]))
          : standardRoles[role]
      return Effect.succeed(new Identity({ kind: "user", tenant, id: userId(id), roles: [may || "none"], permissions }))
    }
  })
)

const world = servedOver({ tenant }, authenticator.pipe(Layer.provideMerge(users)))

/** Who may do what, as it is meant to be. What is new stands here before it is granted. */
const meant: Readonly<Record<string, ReadonlyArray<Role>>> = {
  "identity:self": ["customer", "teller", "officer", "auditor", "admin"],
  "identity:manage": ["admin"],
  "bank:read": ["customer", "teller", "officer", "auditor", "admin"],
  "bank:transact": ["customer", "teller", "officer", "admin"],
  "bank:pay": ["customer", "officer", "admin"],
  "bank:approve": ["officer", "admin"],
  "bank:open": ["officer", "admin"],
  "bank:manage": ["officer", "admin"],
  "bank:reconcile": ["officer", "admin"],
  "bank:any-customer": ["teller", "officer", "auditor", "admin"],
  "ledger:read": ["officer", "auditor", "admin"],
  "ledger:post": ["admin"],
  "ledger:configure": ["admin"],
  "lending:read": ["officer", "auditor", "admin"],
  "lending:collect": ["officer", "admin"],
  "audit:read": ["auditor", "admin"],
  "audit:read-personal": ["admin"],
  "audit:hold": ["admin"],
  "audit:erase": ["admin"],
  "webhooks:manage": ["admin"],
  "system:metrics": ["admin"]
}

const may = (role: Role, permission: string): boolean =>
  new Identity({ kind: "user", tenant, id: "x", roles: [], permissions: standardRoles[role] }).may(
    Permission.make(permission)
  )

/** The permissions that the sources name. */
const declared = (): ReadonlyArray<string> => {
  const root = fileURLToPath(new URL("../../", import.meta.url))
  const texts = globSync(["saldo/src/**/*.ts", "http/src/**/*.ts"], { cwd: root }).map((file) =>
    readFileSync(`${root}${file}`, "utf8")
  )
  const found = texts.flatMap((text) => [...text.matchAll(/\bPermission\.make\("([a-z-]+:[a-z-]+)"\)/gu)])
  return [...new Set(found.map(([, name = ""]) => name))].toSorted()
}

const guarded = operations(current()).filter(({ id }) => !publicEndpoints.has(id))

const ask = ({ id, method, url }: Operation, who: string, as: string) =>
  Effect.flatMap(Served, ({ call }) =>
    call(method.toUpperCase(), `${url}${queries[id] ?? ""}`, {
      as: `${who}~${as}`,
      ...(method === "get" ? {} : { key: `${id}-${who}`, body: bodies[id] })
    })
  )

/** The permissions that an endpoint asks for, one after the other, of whoever has those before. */
const askedBy = Effect.fnUntraced(function* (operation: Operation) {
  const asked: Array<string> = []
  for (;;) {
    const answer = yield* ask(operation, `probe-${operation.id}-${asked.length}`, asked.join("+"))
    if (answer.body?.code !== "NotPermitted") return asked
    expect(answer.status).toBe(403)
    const { permission } = answer.body.context as { readonly permission: string }
    expect(asked).not.toContain(permission)
    asked.push(permission)
  }
})

layer(world, { excludeTestServices: true })("standard roles", (it) => {
  it("have what they are meant to have, and every permission belongs to one of them", () => {
    expect(declared()).toEqual(Object.keys(meant).toSorted())
    const granted = Object.fromEntries(
      Object.keys(meant).map((permission) => [permission, everyRole.filter((role) => may(role, permission))])
    )
    expect(granted).toEqual(meant)
    // And none has a permission that nothing asks for.
    const named = everyRole.flatMap((role) => standardRoles[role].filter((each) => !each.endsWith(":*")))
    expect(named.filter((permission) => !Object.hasOwn(meant, permission))).toEqual([])
  })

  it.effect(
    "reach each endpoint that asks for no more than they have, and no other; every refusal is in the trail",
    () =>
      Effect.gen(function* () {
        const bare: Array<string> = []
        const unread: Array<string> = []
        for (const operation of guarded) {
          const asked = yield* askedBy(operation)
          if (asked.length === 0) bare.push(operation.id)
          for (const permission of asked) expect(Object.keys(meant), operation.id).toContain(permission)
          for (const role of everyRole) {
            const answer = yield* ask(operation, `${role}-${operation.id}`, role)
            const isPermitted = asked.every((permission) => may(role, permission))
            expect(answer.body?.code === "NotPermitted", `${operation.id} as ${role}: ${answer.text}`).toBe(
              !isPermitted
            )
            if (isPermitted && answer.body?.code === "RequestInvalid") unread.push(`${operation.id}: ${answer.text}`)
          }
        }
        expect(unread).toEqual([])
        // Whoever is signed in may ask for its own records.
        expect(bare).toEqual(["audit.query"])
        for (const { id } of guarded.filter((each) => !bare.includes(each.id))) {
          const filter = { action: "access.authorize", actorId: userId(`probe-${id}-0`) }
          const { items } = yield* AuditStore.use((store) => store.list({ tenant, limit: 10, filter }))
          expect(items, id).toMatchObject([
            { outcome: "refused", reason: "NotPermitted", subject: { type: "permission" } }
          ])
        }
      })
  )
})
