/** Clients that cost as little as clients can: connections that stay open, on which one request follows the other. */
import { connect } from "node:net"

const end = "\r\n\r\n"

/** How long a whole answer at the beginning of a text is, or 0 as long as it has not all come. */
const lengthOf = (text: string): number => {
  const head = text.indexOf(end)
  if (head === -1) return 0
  const length = /^content-length: (\d+)/imu.exec(text.slice(0, head))
  if (length === null) throw new TypeError(`An answer without content-length: ${text.slice(0, head)}`)
  const whole = head + end.length + Number(length[1])
  return text.length >= whole ? whole : 0
}

/** What a run came to. */
export interface Run {
  readonly rate: number
  readonly latencies: ReadonlyArray<number>
}

/** Sends requests on so many connections for so long; an answer other than the expected one fails the run. */
export const drive = async (
  port: number,
  { connections, expected, milliseconds }: Readonly<Record<"connections" | "expected" | "milliseconds", number>>,
  requestOf: (number: number) => string
): Promise<Run> => {
  const latencies: Array<number> = []
  const begun = performance.now()
  let sent = 0
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true })
      let [received, asked] = ["", 0]
      const ask = () => {
        asked = performance.now()
        if (asked - begun >= milliseconds) socket.end(resolve)
        else socket.write(requestOf(sent++), "latin1")
      }
      socket.setEncoding("latin1")
      socket.on("connect", ask)
      socket.on("error", reject)
      socket.on("data", (more: string) => {
        received += more
        const whole = lengthOf(received)
        if (whole === 0) return
        if (!received.startsWith(`HTTP/1.1 ${expected}`)) {
          socket.destroy(new TypeError(`The server answered ${received.slice(0, 400)}`))
          return
        }
        received = received.slice(whole)
        latencies.push(performance.now() - asked)
        ask()
      })
    })
  await Promise.all(Array.from({ length: connections }, one))
  return { rate: (latencies.length * 1000) / (performance.now() - begun), latencies }
}

/** A request with a token, as text. */
export const request = (
  method: string,
  path: string,
  token: string,
  more: Readonly<Record<string, string>> = {},
  body?: string
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Bearer ${token}`,
    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]),
    "",
    body ?? ""
  ].join("\r\n")
