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
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import * as IdentityUseCases from "saldo/identity/IdentityUseCases"
import { mailSubscription } from "saldo/identity/MailDue"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender } from "saldo/notifications/WebhookSender"
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

/** Users and what they sign in by. */
const identity = IdentityUseCases.layer({
  accessTokens: JoseAccessTokens.layer({ issuer }),
  policy: { roles, issuer: "Saldo Bank" }
}).pipe(
  Layer.provide(
    Layer.mergeAll(BreachedPasswordSource.layerList([]), Argon2PasswordHasher.layer, TotpOneTimeCodes.layer)
  )
)

/**
 * What is called on this machine, to try webhooks with; without certificates. It is near, so a message takes less time than
 * elsewhere, and another process need not wait as long for one that ended.
 */
const local = { allowHttp: true, allowedRanges: ["127.0.0.0/8"], timeout: "5 seconds", leaseMs: 10_000 } as const

/** Who elsewhere is told of what happens. */
const webhooks = (near: boolean) =>
  Layer.merge(Webhooks.layerWith(near ? local : {}), WebhookDispatch.layerWith(near ? local : {})).pipe(
    Layer.provide(WebhookSender.layerHttp(near ? local : {}))
  )

/** What somebody decided who runs the bank. */
export interface BankOptions {
  /** Whether webhooks may lead to this machine, over plain HTTP too; they may not when left out. */
  readonly localWebhooks?: boolean
}

/** Every use case, on a storage, with the keys of a file. */
export const layer = (storage: Storage, keys: string, { localWebhooks = false }: BankOptions = {}) =>
  Layer.merge(identity, webhooks(localWebhooks)).pipe(
    Layer.provideMerge(bank),
    Layer.provideMerge(ground(storage, keys))
  )
