/**
 * Looks into a running process from outside, by the inspector of Node: what it holds after its garbage has been collected.
 */

/** What a process holds, in bytes, and what it has open. */
export interface Held {
  /** Of JavaScript, after two full collections. */
  readonly heap: number
  /** Buffers and what native code accounts for. */
  readonly external: number
  /** All of it that is in memory, also what was freed and not given back to the system. */
  readonly resident: number
  /** How many handles of each kind are open: sockets, timers, servers. */
  readonly handles: Readonly<Record<string, number>>
}

interface Reply {
  readonly id?: number
  readonly error?: { readonly message: string }
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

const look = `(() => {
  const { heapUsed: heap, external, rss: resident } = process.memoryUsage()
  const handles = {}
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
  return { heap, external, resident, handles }
})()`

/** A process with an open inspector. */
export class Inside {
  readonly #socket: WebSocket
  readonly #waiting = new Map<
    number,
    { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void }
  >()
  #asked = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener("message", ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply
      if (reply.id === undefined) return
      this.#waiting.get(reply.id)?.resolve(reply)
      this.#waiting.delete(reply.id)
    })
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new TypeError("The inspector went away"))
    })
  }

  /** The process that said on its standard error where its inspector is. */
  static of(stderr: string): Promise<Inside> {
    const address = /Debugger listening on (ws:\S+)/u.exec(stderr)?.[1]
    if (address === undefined) throw new TypeError(`The process says nothing of an inspector:\n${stderr}`)
    const socket = new WebSocket(address)
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Inside(socket)))
      socket.addEventListener("error", () => reject(new TypeError(`The inspector at ${address} does not answer`)))
    })
  }

  #ask(method: string, params: object = {}): Promise<Reply> {
    this.#asked += 1
    const id = this.#asked
    const reply = new Promise<Reply>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return reply
  }

  /** What the process holds at rest: the least of three looks, as its workers have moments of their own. */
  async atRest(): Promise<Held> {
    const looks = [await this.held(), await this.held(), await this.held()]
    return looks.reduce((least, each) => (each.heap < least.heap ? each : least))
  }

  /** What the process holds now. */
  async held(): Promise<Held> {
    // The first collection runs what waits for things to go; the second takes what that let go.
    await this.#ask("HeapProfiler.collectGarbage")
    await this.#ask("HeapProfiler.collectGarbage")
    const { error, result } = await this.#ask("Runtime.evaluate", { expression: look, returnByValue: true })
    if (error !== undefined) throw new TypeError(error.message)
    return result?.result?.value as Held
  }

  close(): void {
    this.#socket.close()
  }
}
