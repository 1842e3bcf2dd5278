import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { once } from "node:events"
import { createServer, type Socket } from "node:net"

/**
 * The wire of a Redis and nothing behind it: it reads commands and answers each with a text of the test's. It counts nothing and
 * runs no script, so it shows how failures are met, and never that counting is right; that is shown on a real server.
 */
export interface Wire {
  readonly url: Redacted.Redacted
  /** How many connections there have been. */
  readonly connections: () => number
  /** What is answered to a command by its name; `drop` ends the connection, and `undefined` answers nothing, for good. */
  answer: (command: string) => string | undefined
  /** From now on the connections that there are get no answer any more; new ones do. */
  readonly freeze: () => void
}

/** What a wire says to everything, as a server that lets in does. */
export const ok = "+OK\r\n"

/** The answer of a script that counted. */
export const counted = (count: number, endsAt: number): string => `*2\r\n:${count}\r\n:${endsAt}\r\n`

/** The commands that have come in full, and the rest: arrays of texts, as clients send them. */
const commandsIn = (text: string): { readonly names: ReadonlyArray<string>; readonly rest: string } => {
  const names: Array<string> = []
  let rest = text
  for (;;) {
    const parts = rest.split("\r\n")
    const count = Number(parts[0]?.slice(1))
    const lines = 1 + 2 * count
    if (!(parts.length > lines)) return { names, rest }
    names.push((parts[2] ?? "").toUpperCase())
    rest = parts.slice(lines).join("\r\n")
  }
}

/** Listens on loopback for as long as the scope lives. */
export const wire = Effect.acquireRelease(
  Effect.promise(async () => {
    const sockets = new Set<Socket>()
    const frozen = new Set<Socket>()
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      sockets.add(socket)
      let text = ""
      socket.on("error", () => socket.destroy())
      socket.on("close", () => sockets.delete(socket))
      socket.on("data", (bytes) => {
        const { names, rest } = commandsIn(text + bytes.toString("latin1"))
        text = rest
        for (const name of names) {
          const answer = frozen.has(socket) ? undefined : made.answer(name)
          if (answer === "drop") socket.resetAndDestroy()
          // Answers come in the order of the commands, so behind one that is missing there are no others.
          else if (answer === undefined) frozen.add(socket)
          else socket.write(answer)
        }
      })
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const made: Wire = {
      url: Redacted.make(`redis://saldo:very-secret@127.0.0.1:${port}/2`),
      connections: () => connections,
      answer: () => ok,
      freeze: () => {
        for (const socket of sockets) frozen.add(socket)
      }
    }
    const close = async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    }
    return { made, close }
  }),
  ({ close }) => Effect.promise(close)
).pipe(Effect.map(({ made }) => made))
