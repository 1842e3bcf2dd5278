/**
 * Server-sent events out of the body of an answer, which `EventSource` cannot read when the request is a POST.
 */

/** Splits a stream of text into the data of its events and their ids; lines may end in any of the three ways. */
export const makeEventReader = (onData: (data: string, id: string | undefined) => void): ((chunk: string) => void) => {
  let rest = ""
  let data: Array<string> = []
  let id: string | undefined
  const take = (line: string): void => {
    if (line === "") {
      if (data.length > 0) onData(data.join("\n"), id)
      data = []
    } else if (line.startsWith("data:")) {
      data.push(line.slice(line.startsWith("data: ") ? 6 : 5))
    } else if (line.startsWith("id:")) {
      id = line.slice(line.startsWith("id: ") ? 4 : 3)
    }
  }
  return (chunk) => {
    const text = rest + chunk
    // A carriage return at the end may be half of a line break whose other half is still to come.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text
    const lines = whole.split(/\r\n|\r|\n/u)
    rest = (lines.pop() ?? "") + text.slice(whole.length)
    for (const line of lines) take(line)
  }
}

/** Reads the events of an answer to its end. */
export const readEvents = async (
  response: Response,
  onEvent: (event: unknown, id: string | undefined) => void
): Promise<void> => {
  if (response.body === null) return
  const read = makeEventReader((data, id) => onEvent(JSON.parse(data), id))
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    read(value)
  }
}
