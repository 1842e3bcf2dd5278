import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Breaker from "../core/Breaker.ts"
import { type Mail, MailNotSent } from "./Mail.ts"
import * as MemoryTable from "../core/MemoryTable.ts"

/**
 * Port: hands mails over to whoever carries them.
 *
 * Contract:
 * - A mail that was handed over is carried or comes back by mail; one that was not is `MailNotSent` and may be sent again.
 * - A mail with the id of one that was handed over before is not handed over again, as far as the carrier can tell.
 * - Neither failures nor logs say to whom a mail goes or what it says.
 * - Called outside any transaction.
 */
export class MailChannel extends Context.Service<
  MailChannel,
  {
    readonly send: (mail: Mail) => Effect.Effect<void, MailNotSent>
  }
>()("saldo/identity/MailChannel") {
  /** Keeps mails in the memory of the process, where `MailsSent` shows them, for tests and demonstrations. */
  static readonly layerMemory: Layer.Layer<MailChannel | MailsSent> = Layer.effectContext(
    Effect.suspend(() => makeMemory)
  )

  /**
   * A breaker before the channel in scope, whose carrier may fail or hang: while it is left alone, mails are `MailNotSent` at once,
   * and delivered later.
   */
  static readonly layerGuarded = (terms?: Partial<Breaker.GuardTerms>): Layer.Layer<MailChannel, never, MailChannel> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const channel = yield* MailChannel
        const { ask } = yield* Breaker.guard("mail", terms)
        return MailChannel.of({
          send: (mail) => ask(channel.send(mail), (reason) => new MailNotSent({ mailId: mail.id, reason }))
        })
      })
    )
}

/** The mails that `MailChannel.layerMemory` carried, the first one first. */
export class MailsSent extends Context.Service<MailsSent, { readonly all: Effect.Effect<ReadonlyArray<Mail>> }>()(
  "saldo/identity/MailsSent"
) {}

const makeMemory = Effect.gen(function* () {
  const table = yield* MemoryTable.make<string, Mail>()
  return Context.make(MailsSent, MailsSent.of({ all: table.values })).pipe(
    Context.add(MailChannel, MailChannel.of({ send: (mail) => Effect.asVoid(table.insert(mail.id, mail)) }))
  )
})
