/**
 * Settings: the environment first, then the file `.env` of the folder one stands in. The environment wins, so that one
 * run can differ from the file.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { CliFailure } from "./CliFailure.ts"

const isAbsent = (error: { readonly reason: { readonly _tag: string } }): boolean => error.reason._tag === "NotFound"

/** The configuration of the process. */
export const layer: Layer.Layer<never, CliFailure, FileSystem.FileSystem> = Layer.unwrap(
  ConfigProvider.fromDotEnv({ path: ".env" }).pipe(
    Effect.map((file) => ConfigProvider.layer(ConfigProvider.orElse(ConfigProvider.fromEnv(), file))),
    Effect.catchTag("PlatformError", (error) =>
      isAbsent(error)
        ? Effect.succeed(ConfigProvider.layer(ConfigProvider.fromEnv()))
        : Effect.fail(
            new CliFailure({
              happened: "The file .env cannot be read.",
              remedy: "Make it readable, or remove it.",
              exitCode: 1
            })
          )
    )
  )
)
