/**
 * The check before every act on a customer's data.
 */
import * as Effect from "effect/Effect"
import { Actor, type Identity, type NotPermitted, type Permission } from "../../core/Actor.ts"
import { reaches } from "../BankAccess.ts"

/**
 * Gives the actor when it has the permission and reaches the customer's data. Data out of reach gives the same failure as
 * data that is not there, so that nobody learns which customers a bank has.
 */
export const requireFor = <E>(
  permission: Permission,
  customerId: string,
  notFound: () => E
): Effect.Effect<Identity, E | NotPermitted, Actor> =>
  Effect.gen(function* () {
    yield* Actor.require(permission)
    const actor = yield* Actor
    return reaches(actor, customerId) ? actor : yield* Effect.fail(notFound())
  })
