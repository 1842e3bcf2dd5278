/**
 * What every method of the facade has in common for its callers.
 */

/** A call was made after `close()`. */
export class SaldoClosed extends Error {
  readonly _tag = "SaldoClosed"
  override readonly name = "SaldoClosed"
  constructor() {
    super("This Saldo was closed; make another with createSaldo")
  }
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason, and nothing is half-written. */
  readonly signal?: AbortSignal
}

/** What a caller gave does not fit; `path` says where as a JSON pointer, and the message what would be right. */
export class InputInvalid extends Error {
  readonly _tag = "InputInvalid"
  override readonly name = "InputInvalid"
  readonly path: string
  readonly problem: string

  constructor(path: string, problem: string) {
    super(`${path === "" ? "The input" : path} does not fit: ${problem}`)
    this.path = path
    this.problem = problem
  }
}

/** This process has no rail, so another one sends what is ordered here. */
export class RailMissing extends Error {
  readonly _tag = "RailMissing"
  override readonly name = "RailMissing"
  constructor() {
    super("There is no rail here; give createSaldo one as bank.rail, or call this where there is one")
  }
}

/** This Saldo tells no addresses outside of what happens in it. */
export class WebhooksMissing extends Error {
  readonly _tag = "WebhooksMissing"
  override readonly name = "WebhooksMissing"
  constructor() {
    super("There are no webhooks here; give createSaldo the option webhooks")
  }
}

/** Which page to give. */
export interface PageOptions extends CallOptions {
  /** 1 to 500; 50 when left out. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** A page; `next` is the cursor of the following one, null on the last. */
export interface Page<Item> {
  readonly items: ReadonlyArray<Item>
  readonly next: string | null
}

/** A command with the key that its caller names it by: it happens once for its key, however often it is given. */
export type Keyed<Input> = Input & { readonly key: string }

/** Days from `start` on and before `end`, as text such as `2026-03-31`. */
export interface Days {
  readonly start: string
  readonly end: string
}
