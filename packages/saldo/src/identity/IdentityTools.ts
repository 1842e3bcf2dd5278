import type * as Layer from "effect/Layer"
import type { AccessTokens } from "./AccessTokens.ts"
import type { OneTimeCodes } from "./OneTimeCodes.ts"
import type { PasswordHasher } from "./PasswordHasher.ts"
import type { SigningKeys } from "./SigningKeys.ts"

/** What identity needs that comes from third parties. */
export interface IdentityToolLayers {
  readonly passwordHasher: Layer.Layer<PasswordHasher>
  readonly oneTimeCodes: Layer.Layer<OneTimeCodes>
  readonly accessTokens: Layer.Layer<AccessTokens, never, SigningKeys>
}

/**
 * How passwords, codes and access tokens are made and checked: what `identityTools({ issuer })` of `@saldo/identity` gives,
 * and what `saldo/promise` takes. It hides its layers, so that a host need not know Effect to hold one.
 */
export class IdentityTools {
  readonly #layers: IdentityToolLayers

  constructor(layers: IdentityToolLayers) {
    this.#layers = layers
  }

  /** The layers that identity is built on. */
  static layers(tools: IdentityTools): IdentityToolLayers {
    return tools.#layers
  }
}
