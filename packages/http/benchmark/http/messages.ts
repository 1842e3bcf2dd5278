/** What the processes of a benchmark tell each other. */

/** A server is there: its port, a token of somebody who may do everything, accounts, and the keys that signed the token. */
export interface Ready {
  readonly port: number
  readonly token: string
  readonly accounts: ReadonlyArray<string>
  readonly jwks: string
}

/** Post transfers by the use case for so long, from so many fibres; the answer is how many there were per second. */
export interface Direct {
  readonly clients: number
  readonly milliseconds: number
}

/** How many there were per second. */
export interface Rate {
  readonly rate: number
}
