/**
 * How help, the version and wrong usage are shown. Help that was asked for goes to standard output, as text or as JSON; what is
 * wrong with a command line goes to standard error.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as CliOutput from "effect/cli/CliOutput"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import { failureText } from "./CliFailure.ts"
import { toJson } from "./Output.ts"
import { usageFailure } from "./usage.ts"

const described = ({ description, ...rest }: { readonly description: Option.Option<string> }) => ({
  ...rest,
  description: Option.getOrNull(description)
})

const helpData = (help: HelpDoc) => ({
  usage: help.usage,
  description: help.description,
  arguments: (help.args ?? []).map(described),
  flags: [...help.flags, ...(help.globalFlags ?? [])].map(described),
  commands: (help.subcommands ?? []).flatMap(({ commands }) =>
    commands.map(({ description, name }) => ({ name, description }))
  )
})

/** The presenter of the command line. */
export const presenter = (json: boolean): CliOutput.Presenter => ({
  present: (event) => {
    switch (event._tag) {
      case "Version":
        return json ? Console.log(toJson({ version: event.version })) : Console.log(`${event.name} ${event.version}`)
      case "InvalidInvocation":
        return Console.error(failureText(usageFailure(event.errors, event.commandPath, event.helpDoc), json))
      case "Help": {
        if (event.reason === "Requested") {
          return json ? Console.log(toJson(helpData(event.helpDoc))) : CliOutput.defaultPresenter.present(event)
        }
        const failure = failureText(usageFailure([], event.commandPath, event.helpDoc), json)
        if (json) return Console.error(failure)
        return Effect.flatMap(CliOutput.Formatter, (formatter) =>
          Console.error(`${formatter.formatHelpDoc(event.helpDoc)}\n\n${failure}`)
        )
      }
    }
  }
})
