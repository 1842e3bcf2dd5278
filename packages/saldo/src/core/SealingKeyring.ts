import type * as Redacted from "effect/Redacted"

/** A key of 32 bytes as 64 hexadecimal digits, with the name by which what it sealed remembers it. */
export interface NamedKey {
  readonly id: string
  readonly key: Redacted.Redacted
}

/** The keys that a host gives, from its key management or its configuration, and never from the database they protect. */
export interface SealingKeyring {
  /** What seals from now on. */
  readonly current: NamedKey
  /** What sealed earlier, until nothing is sealed by it any more. */
  readonly previous?: ReadonlyArray<NamedKey>
}
