/**
 * The fault switches of the emulated Kameo: what can go wrong on the real hosts, each under a name that can be typed.
 *
 * A fault is written as `name` or `name=value`: `renameKeys`, `failOnPage=3`, `status=503x2@api`. The same text works at
 * the command line (`--fault`), in `PUT /__emu/faults`, in the request header `x-emu-fault`, and in code.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * Which requests a transport fault hits: `data` is every JSON answer of both hosts, `api` and `www` are the hosts, `all`
 * is everything but the control surface.
 */
export const FaultReach = Schema.Literals(["data", "api", "www", "all"])
/** See {@link FaultReach}. */
export type FaultReach = typeof FaultReach.Type

/** How often and where a transport fault strikes: the next `times` requests (absent: every request) within `on`. */
export const FaultBurst = Schema.Struct({ times: Schema.optionalKey(Schema.Int), on: FaultReach })
/** See {@link FaultBurst}. */
export type FaultBurst = typeof FaultBurst.Type

const reachPattern = "(?:@(data|api|www|all))?"

const codec = <T, E>(
  target: Schema.Codec<T, E>,
  expected: string,
  read: (text: string) => E | undefined,
  print: (value: E) => string
) =>
  Schema.String.pipe(
    Schema.decodeTo(
      target,
      SchemaTransformation.transformEffect<E, string>({
        decode: (text, options) => {
          const value = read(text)
          return value === undefined
            ? Effect.fail(new SchemaIssue.InvalidValue({ message: expected }, text, options))
            : Effect.succeed(value)
        },
        encode: (value) => Effect.succeed(print(value))
      })
    )
  )

const wholeNumber = (expected: string, minimum: number, maximum: number) =>
  codec(
    Schema.Int,
    expected,
    (text) => {
      const value = Number(text)
      return /^-?\d{1,9}$/u.test(text) && value >= minimum && value <= maximum ? value : undefined
    },
    String
  )

const choice = <const Names extends ReadonlyArray<string>>(names: Names) => {
  const isName = (text: string): text is Names[number] => names.includes(text)
  return codec<Names[number], Names[number]>(
    Schema.Literals(names),
    `one of ${names.join(", ")}`,
    (text) => (isName(text) ? text : undefined),
    (name) => name
  )
}

const isReach = (text: string | undefined): text is FaultReach =>
  text === "data" || text === "api" || text === "www" || text === "all"

const reachOf = (text: string | undefined): FaultReach => (isReach(text) ? text : "data")

const repetition = (times: string | undefined) => (times === undefined ? {} : { times: Number(times) })

const printBurst = (burst: FaultBurst): string =>
  `${burst.times === undefined ? "" : `x${burst.times}`}${burst.on === "data" ? "" : `@${burst.on}`}`

const PageBurst = Schema.Struct({ page: Schema.Int, times: Schema.optionalKey(Schema.Int) })

const SessionLife = Schema.Struct({ requests: Schema.Int, sessions: Schema.optionalKey(Schema.Int) })

const StatusBurst = Schema.Struct({ status: Schema.Int, ...FaultBurst.fields })

const Delay = Schema.Struct({ milliseconds: Schema.Int, on: FaultReach })

const flag = choice(["on"])

const burst = codec(
  FaultBurst,
  "nothing, or times and reach such as x2, @www or x2@api",
  (text) => {
    const match = new RegExp(`^(?:on|(?:x?([1-9]\\d{0,5}))?${reachPattern})$`, "u").exec(text)
    return match === null ? undefined : { ...repetition(match[1]), on: reachOf(match[2]) }
  },
  (burst) => printBurst(burst) || "on"
)

const fields = {
  /** Loan keys the API never had: every record of a page is unusable. */
  renameKeys: choice(["camel", "legacy"]),
  /** The listing's nesting: a bare list, `data.loans`, the real object, or an object nobody knows. */
  shape: choice(["list", "loans", "object", "unknown"]),
  /** How the three dates of a loan are written. */
  dateFormat: choice(["utc", "local", "compact", "fraction", "unix", "invalid"]),
  /** `fully_funded_state` stays 0 although the loan is fully subscribed. */
  fundedFlagLies: flag,
  /** Subscribed amounts still grow, hour by hour, for three days after the window closed. */
  lateSubscriptions: flag,
  /** One listing page answers 500, always or the first k times. */
  failOnPage: codec(
    PageBurst,
    "a page number, or page and times such as 3x2",
    (text) => {
      const match = /^([1-9]\d{0,8})(?:x([1-9]\d{0,5}))?$/u.exec(text)
      if (match === null) return undefined
      return { page: Number(match[1]), ...repetition(match[2]) }
    },
    ({ page, times }) => (times === undefined ? `${page}` : `${page}x${times}`)
  ),
  /** A login is good for n requests after it; the first k logins only when written nxk. */
  expireAfter: codec(
    SessionLife,
    "a number of requests, or requests and logins such as 3x1",
    (text) => {
      const match = /^(\d{1,9})(?:x([1-9]\d{0,5}))?$/u.exec(text)
      if (match === null) return undefined
      return { requests: Number(match[1]), ...(match[2] === undefined ? {} : { sessions: Number(match[2]) }) }
    },
    ({ requests, sessions }) => (sessions === undefined ? `${requests}` : `${requests}x${sessions}`)
  ),
  /** A web page where JSON was asked for. */
  htmlInsteadOfJson: choice(["maintenance", "login", "twoFactor", "badGateway"]),
  /** The site's JSON calls answer HTML unless the request names `application/json`. */
  strictAccept: flag,
  /** The path the site lands on after a complete login. */
  landing: codec(
    Schema.String,
    "an absolute path such as /investor/dashboard",
    (text) => (/^\/(?!\/)[\w\-./]*$/u.test(text) ? text : undefined),
    (path) => path
  ),
  /** The session is lost while a right code is accepted. */
  drop2faSession: flag,
  /** The server's clock, as seen in its code check and its Date header, is n seconds ahead. */
  totpSkew: wholeNumber("a number of seconds between -86400 and 86400", -86_400, 86_400),
  /** The account is locked after n wrong passwords in a row. */
  lockAfter: wholeNumber("a number of attempts from 1", 1, 1_000_000),
  /** The API allows n requests in 60 seconds. */
  rateLimit: wholeNumber("a number of requests from 1", 1, 1_000_000_000),
  /** An error status without the handler being asked. */
  status: codec(
    StatusBurst,
    "an HTTP error status with optional times and reach, such as 503, 503x2 or 429x1@api",
    (text) => {
      const match = new RegExp(`^([45]\\d\\d)(?:x([1-9]\\d{0,5}))?${reachPattern}$`, "u").exec(text)
      if (match === null) return undefined
      return { status: Number(match[1]), ...repetition(match[2]), on: reachOf(match[3]) }
    },
    ({ status, ...burst }) => `${status}${printBurst(burst)}`
  ),
  /** Every answer waits. */
  delayMs: codec(
    Delay,
    "milliseconds with an optional reach, such as 500 or 500@www",
    (text) => {
      const match = new RegExp(`^(\\d{1,7})${reachPattern}$`, "u").exec(text)
      return match === null ? undefined : { milliseconds: Number(match[1]), on: reachOf(match[2]) }
    },
    ({ milliseconds, on }) => `${milliseconds}${on === "data" ? "" : `@${on}`}`
  ),
  /** The connection is reset instead of an answer. */
  reset: burst,
  /** The body's compression: `br` and the like when offered by the request, `brForced` always. */
  encoding: choice(["br", "zstd", "gzip", "deflate", "brForced"]),
  /** Every page after the first begins with the last loan of the page before. */
  duplicateAcrossPages: flag,
  /** `page` is ignored: every page is the first. */
  ignorePage: flag,
  /** `total` and `last_page` are missing, or strings. */
  dropPaging: choice(["missing", "strings"]),
  /** The language of the status text, whatever the request asks for. */
  language: choice(["sv", "da", "nb", "en"]),
  /** Every loan carries this state id, which nobody documented. */
  stateId: wholeNumber("a state id from 0", 0, 1_000_000),
  /** Redirects away: to another host, to the other emulated host, or in a circle. */
  evilRedirect: choice(["elsewhere", "sibling", "loop"]),
  /** The dashboard is n megabytes big. */
  bigHtml: wholeNumber("a number of megabytes from 1 to 512", 1, 512),
  /** A bid preview's hash is void as soon as it is given. */
  staleHash: flag,
  /** The site's listing alias wraps its answer like its other JSON calls. */
  ezjscEnvelope: choice(["on", "off"]),
  /** A new loan is listed between two page requests, so that every page moves by one. */
  shiftPages: flag,
  /** The body arrives in small pieces with n milliseconds between them. */
  slowDrip: wholeNumber("milliseconds from 1", 1, 1_000_000),
  /** The body ends after half of the announced length. */
  cutBody: burst,
  /** The listing answers 401 without a bearer token. */
  listingNeedsLogin: flag,
  /** Every loan carries this currency. */
  currency: codec(
    Schema.String,
    "three letters such as XTS",
    (text) => (/^[A-Z]{3}$/u.test(text) ? text : undefined),
    (code) => code
  )
}

/** The name of a fault switch. */
export type FaultName = keyof typeof fields

const isFaultName = (name: string): name is FaultName => Object.hasOwn(fields, name)

/** Every fault name, in the order of the documentation. */
export const faultNames: ReadonlyArray<FaultName> = Object.keys(fields).filter(isFaultName)

/** What a fault means when it is written without a value. */
const bareValues: { readonly [Name in FaultName]?: string } = {
  renameKeys: "camel",
  shape: "list",
  dateFormat: "utc",
  htmlInsteadOfJson: "maintenance",
  reset: "on",
  cutBody: "on",
  encoding: "br",
  dropPaging: "missing",
  language: "da",
  stateId: "77",
  evilRedirect: "elsewhere",
  bigHtml: "16",
  fundedFlagLies: "on",
  lateSubscriptions: "on",
  strictAccept: "on",
  drop2faSession: "on",
  duplicateAcrossPages: "on",
  ignorePage: "on",
  staleHash: "on",
  ezjscEnvelope: "on",
  shiftPages: "on",
  listingNeedsLogin: "on"
}

/** One example text per fault, as the command's help shows them. */
export const faultExamples: ReadonlyArray<string> = [
  ..."renameKeys renameKeys=legacy shape=list|loans|object|unknown dateFormat=utc|local|compact|fraction|unix|invalid".split(
    " "
  ),
  ..."fundedFlagLies lateSubscriptions failOnPage=3 failOnPage=3x2 expireAfter=2 expireAfter=2x1".split(" "),
  ..."htmlInsteadOfJson=maintenance|login|twoFactor|badGateway strictAccept landing=/investor/dashboard".split(" "),
  ..."drop2faSession totpSkew=90 lockAfter=3 rateLimit=5 status=503x2 status=503@www delayMs=500 reset=x2".split(" "),
  ..."encoding=br|zstd|gzip|deflate|brForced duplicateAcrossPages ignorePage dropPaging=missing|strings".split(" "),
  ..."language=sv|da|nb|en stateId=77 evilRedirect=elsewhere|sibling|loop bigHtml=16 staleHash".split(" "),
  ..."ezjscEnvelope=on shiftPages slowDrip=5 cutBody=x1 listingNeedsLogin currency=XTS".split(" ")
]

const optionalFields = <F extends { readonly [name: string]: Schema.Top }>(
  all: F
): { readonly [K in keyof F]: Schema.optionalKey<F[K]> } =>
  Object.fromEntries(Object.entries(all).map(([name, field]) => [name, Schema.optionalKey(field)])) as {
    readonly [K in keyof F]: Schema.optionalKey<F[K]>
  }

/**
 * The set of active faults. Its JSON form is an object of texts, `{ "status": "503x2", "ignorePage": "on" }`; absent keys
 * are faults that are off.
 */
export const Faults = Schema.Struct(optionalFields(fields))
/** See {@link Faults}. */
export type Faults = typeof Faults.Type

/** No fault at all: the emulator behaves as the real hosts were seen to behave. */
export const none: Faults = {}

/** A fault text that means nothing: what was written, what is wrong with it, and every name that would be right. */
export class FaultInvalid extends Schema.TaggedError<FaultInvalid>()("FaultInvalid", {
  /** The text as written. */
  text: Schema.String,
  /** What is wrong with it, one sentence. */
  problem: Schema.String,
  /** Every fault name the emulator knows. */
  validNames: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `${this.problem} Valid faults: ${this.validNames.join(", ")}.`
  }
}

const invalid = (text: string, problem: string) => new FaultInvalid({ text, problem, validNames: [...faultNames] })

const decodeFaults = Schema.decodeUnknownResult(Faults)

/**
 * Reads one fault text. `name=off` is the fault switched off.
 *
 * @example
 * ```ts
 * import * as Fault from "@saldo/kameo/emulator/Fault"
 * import * as Result from "effect/Result"
 *
 * Result.getOrThrow(Fault.parse("status=503x2")) // => { status: { status: 503, times: 2, on: "data" } }
 * ```
 */
export const parse = (text: string): Result.Result<Faults, FaultInvalid> => {
  const trimmed = text.trim()
  const at = trimmed.indexOf("=")
  const name = at < 0 ? trimmed : trimmed.slice(0, at).trim()
  if (!isFaultName(name)) return Result.fail(invalid(text, `There is no fault named ${JSON.stringify(name)}.`))
  const value = at < 0 ? bareValues[name] : trimmed.slice(at + 1).trim()
  if (value === undefined)
    return Result.fail(invalid(text, `The fault ${name} needs a value, such as ${exampleOf(name)}.`))
  if (value === "off" && name !== "ezjscEnvelope") return Result.succeed(none)
  return Result.mapError(decodeFaults({ [name]: value }), (error) =>
    invalid(text, `The fault ${name} does not take ${JSON.stringify(value)}; it takes ${expectation(error)}.`)
  )
}

const exampleOf = (name: FaultName): string => faultExamples.find((example) => example.startsWith(`${name}=`)) ?? name

const expectation = (error: Schema.SchemaError): string => error.message.split("\n")[0] ?? error.message

/** Reads fault texts from left to right; of two texts for one fault the later wins. */
export const parseAll = (texts: ReadonlyArray<string>): Result.Result<Faults, FaultInvalid> => {
  const faults = {}
  for (const text of texts) {
    const one = parse(text)
    if (Result.isFailure(one)) return Result.fail(one.failure)
    Object.assign(faults, one.success)
  }
  return Result.succeed(faults)
}

/** Writes a fault set as texts that {@link parseAll} reads back to the same set. */
export const format = (faults: Faults): ReadonlyArray<string> =>
  Object.entries(Schema.encodeSync(Faults)(faults)).map(([name, value]) => `${name}=${value}`)
