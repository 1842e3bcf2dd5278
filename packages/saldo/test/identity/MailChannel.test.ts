import * as MailChannelTest from "@saldo/testing/MailChannelTest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { MailChannel, MailsSent } from "saldo/identity/MailChannel"

const look: MailChannelTest.Look<MailsSent> = (address) =>
  Effect.map(
    MailsSent.use(({ all }) => all),
    (mails) =>
      mails
        .map(({ subject, text, to }) => ({ to: Redacted.value(to.address), subject, text: Redacted.value(text) }))
        .filter(({ to }) => to === address)
  )

MailChannelTest.suite("memory", MailChannel.layerMemory, look)
MailChannelTest.suite(
  "memory behind a breaker",
  MailChannel.layerGuarded().pipe(Layer.provideMerge(MailChannel.layerMemory)),
  look
)
