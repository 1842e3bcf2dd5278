/**
 * Values that may be in few places, and the look for them, in whatever form they are, where they may not be.
 */

/** A value that was given to the server, or that it made and told once. */
export interface Planted {
  /** What it is, by which a table allows it. */
  readonly kind: string
  readonly value: string
}

/** A place in which a value was found that has no business there. */
export interface Found {
  readonly kind: string
  readonly form: string
  readonly where: string
  /** What stands around it, for whoever reads why the test fails. */
  readonly around: string
}

type Form = readonly [name: string, bytes: Buffer]

/** Base64 of something longer has the value in one of three ways, by where in it the value begins. */
const base64Forms = (bytes: Buffer): ReadonlyArray<Form> =>
  (["base64", "base64url"] as const).flatMap((encoding) =>
    [0, 1, 2].map((shift): Form => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString(encoding)
        .replace(/=+$/u, "")
      const complete = Math.floor(((shift + bytes.length) * 8) / 6)
      return [`${encoding} at ${shift}`, Buffer.from(text.slice(Math.ceil((shift * 8) / 6), complete))]
    })
  )

const formsOf = (value: string): ReadonlyArray<Form> => {
  const bytes = Buffer.from(value)
  const written: ReadonlyArray<readonly [string, string]> = [
    ["as it is", value],
    ["upper case", value.toUpperCase()],
    ["lower case", value.toLowerCase()],
    ["without spaces and hyphens", value.replaceAll(/[\s-]/gu, "")],
    ["for a URL", encodeURIComponent(value)],
    ["for a form", new URLSearchParams({ x: value }).toString().slice(2)],
    ["in JSON", JSON.stringify(value).slice(1, -1)],
    [
      "in JSON of ASCII",
      JSON.stringify(value)
        .slice(1, -1)
        .replaceAll(/[^ -~]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)
    ],
    ["hexadecimal", bytes.toString("hex")],
    ["hexadecimal in upper case", bytes.toString("hex").toUpperCase()],
    ["as Latin 1 that was read as UTF-8", Buffer.from(value, "latin1").toString("utf8")]
  ]
  // The first of those that are the same names them.
  const forms = new Map(written.toReversed().map(([name, text]) => [text, name]))
  return [...[...forms].map(([text, name]): Form => [name, Buffer.from(text)]), ...base64Forms(bytes)]
}

/** A code of six digits is in many numbers; it is found where it stands by itself. */
const standsAlone = (text: string, at: number, length: number): boolean =>
  !/[0-9A-Za-z.]/u.test(text.charAt(at - 1)) && !/[0-9A-Za-z]/u.test(text.charAt(at + length))

const shortest = 8

const indexOf = (data: Buffer, form: Buffer): number => {
  for (let at = data.indexOf(form); at !== -1; at = data.indexOf(form, at + 1)) {
    const near = data.subarray(Math.max(0, at - 1), at + form.length + 1).toString("latin1")
    if (form.length >= shortest || standsAlone(near, at === 0 ? 0 : 1, form.length)) return at
  }
  return -1
}

/** All that was planted. */
export class Plantings {
  readonly #forms = new Map<string, { readonly kind: string; readonly forms: ReadonlyArray<Form> }>()

  /** Remembers a value, and gives it. */
  plant(kind: string, value: string): string {
    this.#forms.set(value, { kind, forms: formsOf(value) })
    return value
  }

  get all(): ReadonlyArray<Planted> {
    return [...this.#forms].map(([value, { kind }]) => ({ kind, value }))
  }

  /** Where planted values are in bytes, except those of kinds that are allowed there. */
  findIn(where: string, data: Buffer, allowed: ReadonlyArray<string> = []): ReadonlyArray<Found> {
    return [...this.#forms.values()].flatMap(({ forms, kind }) =>
      allowed.includes(kind)
        ? []
        : forms.flatMap(([form, bytes]): ReadonlyArray<Found> => {
            const at = indexOf(data, bytes)
            if (at === -1) return []
            const around = data.subarray(Math.max(0, at - 120), at + bytes.length + 40).toString("latin1")
            return [{ kind, form, where, around: around.replaceAll(/[^ -~]/gu, "·") }]
          })
    )
  }
}
