/**
 * The whole system on one database: a bank, its books and trail, its users, and the market.
 */
import * as Layer from "effect/Layer"
import * as Argon2PasswordHasher from "@saldo/identity/Argon2PasswordHasher"
import * as JoseAccessTokens from "@saldo/identity/JoseAccessTokens"
import * as TotpOneTimeCodes from "@saldo/identity/TotpOneTimeCodes"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { KycVerifier } from "saldo/banking/KycVerifier"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import { type Storage, Storage as Stored } from "saldo/core/Storage"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { Authentication } from "saldo/identity/Authentication"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { mailSubscription } from "saldo/identity/MailDue"
import { Presence } from "saldo/identity/Presence"
import { Sessions } from "saldo/identity/Sessions"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import * as SqlStores from "saldo/sql/SqlStores"
import * as keyFile from "./keyFile.ts"
import { current, policy, savings, timeZone } from "./offer.ts"
import * as otherBanks from "./otherBanks.ts"
import { roles } from "./roles.ts"

/** Who makes access tokens, and for whom: this installation. */
const issuer = "saldo-example-server"

/** The stores, with the keys of what is sealed in them. */
const ground = (storage: Storage, keys: string) =>
  keyFile
    .layer(keys)
    .pipe(
      Layer.provideMerge(SqlOutbox.layer([mailSubscription])),
      Layer.provideMerge(SqlStores.layer),
      Layer.provideMerge(Stored.client(storage))
    )

const bank = BankUseCases.layer({ products: [current, savings], timeZone, payments: policy }).pipe(
  Layer.provide(Layer.merge(KycVerifier.layerReference, otherBanks.layer)),
  // The products are ours, and a test would not let them contradict themselves.
  Layer.orDie
)

/** Users and what they sign in by, over the trail and the idempotency of the bank. */
const identity = Authentication.layer.pipe(
  Layer.provideMerge(Layer.merge(Sessions.layer, ApiKeys.layer)),
  Layer.provideMerge(Layer.merge(Users.layerWith({ roles, issuer: "Saldo Bank" }), JoseAccessTokens.layer({ issuer }))),
  Layer.provideMerge(SigningKeys.layer),
  Layer.provideMerge(Presence.layer),
  Layer.provide(
    Layer.mergeAll(BreachedPasswordSource.layerList([]), Argon2PasswordHasher.layer, TotpOneTimeCodes.layer)
  )
)

/** Every use case, on a storage, with the keys of a file. */
export const layer = (storage: Storage, keys: string) =>
  identity.pipe(Layer.provideMerge(bank), Layer.provideMerge(ground(storage, keys)))
