import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Text } from "./Text.ts"

const name = Text.check(Schema.isMinLength(1), Schema.isMaxLength(255))

/** Whom an act concerns: a party of one tenant. */
export class Subject extends Schema.Class<Subject>("saldo/core/Actor/Subject")({
  tenant: name,
  id: name
}) {}

/** What somebody may do, as `domain:verb`, such as `lending:pay`; `domain:*` and `*` stand for many. */
export const Permission = Schema.String.check(
  Schema.isPattern(/^(?:\*|[a-z][a-z0-9-]*:(?:\*|[a-z][a-z0-9-]*))$/u, {
    expected: "a permission such as lending:pay, lending:* or *"
  })
).pipe(Schema.brand("Permission"))
export type Permission = typeof Permission.Type

/**
 * Who acts, for whom, with which roles and permissions.
 *
 * `tenant` and `id` name the one who acts and who is answerable for it; `onBehalfOf` names the owner of the data that the
 * act concerns, when that is somebody else: a clerk for a customer, a parent for a child, a process for a user.
 */
export class Identity extends Schema.Class<Identity>("saldo/core/Actor/Identity")({
  kind: Schema.Literals(["user", "service", "system"]),
  tenant: name,
  id: name,
  onBehalfOf: Schema.optionalKey(Subject),
  roles: Schema.Array(name),
  permissions: Schema.Array(Permission)
}) {
  /** The owner whose data the act concerns: `onBehalfOf`, or else the one who acts. */
  get owner(): Subject {
    // Both were checked when the identity was made, and every request asks.
    return this.onBehalfOf ?? new Subject({ tenant: this.tenant, id: this.id }, { disableChecks: true })
  }

  /** Whether one of the permissions covers the asked one. */
  may(permission: Permission): boolean {
    const domain = permission.slice(0, permission.indexOf(":") + 1)
    return this.permissions.some((own) => own === "*" || own === permission || own === `${domain}*`)
  }

  /** Whether the actor has the role. Roles have no order: nothing follows from one but itself. */
  hasRole(role: string): boolean {
    return this.roles.includes(role)
  }
}

/** Somebody tried what the permissions do not cover. */
export class NotPermitted extends Schema.TaggedError<NotPermitted>()(
  "NotPermitted",
  { actor: Schema.String, permission: Permission },
  { httpApiStatus: 403 }
) {
  override get message(): string {
    return `${this.actor} lacks the permission ${this.permission}`
  }
}

/**
 * The actor of work that no person asked for, such as end-of-day accrual: may do everything within the tenant, for the
 * given owner if there is one.
 */
export const system = (tenant: string, onBehalfOf?: Subject): Identity =>
  new Identity({
    kind: "system",
    tenant,
    id: "system",
    roles: ["system"],
    permissions: [Permission.make("*")],
    ...(onBehalfOf === undefined ? {} : { onBehalfOf })
  })

/**
 * Who acts in the running effect.
 *
 * A use case on owned data requires it, so that owner scoping is in its type; a transport provides it per request.
 */
export class Actor extends Context.Service<Actor, Identity>()("saldo/core/Actor") {
  /** The owner whose data the running act concerns. */
  static readonly owner: Effect.Effect<Subject, never, Actor> = Effect.map(this, (actor) => actor.owner)

  /** Fails with `NotPermitted` unless the actor's permissions cover the asked one. */
  static readonly require = (permission: Permission): Effect.Effect<void, NotPermitted, Actor> =>
    Effect.flatMap(this, (actor) =>
      actor.may(permission)
        ? Effect.void
        : Effect.fail(new NotPermitted({ actor: `${actor.tenant}/${actor.id}`, permission }))
    )

  /** A layer for processes where one actor does everything, such as a command line. */
  static readonly layer = (identity: Identity): Layer.Layer<Actor> => Layer.succeed(this, identity)
}

/** Runs an effect as somebody, in place of whoever acts around it. */
export const as =
  (identity: Identity) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Actor>> =>
    Effect.provideService(effect, Actor, identity)

/**
 * Runs an effect as the system of the tenant, for the owner whom the actor around it acts for, if there is one.
 *
 * The tenant is named, never guessed: the system of one tenant has no power over another's data.
 */
export const asSystem =
  (tenant: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Actor>> =>
    Effect.flatMap(Effect.serviceOption(Actor), (around) => {
      const owner = Option.filter(around, (actor) => actor.tenant === tenant).pipe(Option.map((actor) => actor.owner))
      return Effect.provideService(effect, Actor, system(tenant, Option.getOrUndefined(owner)))
    })
