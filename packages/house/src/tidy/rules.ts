/** All rules, by name, and the run over a tree of files. */
import type { SourceFile } from "../workspace.ts"
import { arrows } from "./arrows.ts"
import { bannedCalls, bannedImports, bannedNames, focusedTests, unfinishedText } from "./banned.ts"
import { conformance } from "./conformance.ts"
import { documented } from "./documented.ts"
import type { Exception } from "./exceptions.ts"
import { kinds } from "./kinds.ts"
import { reachable } from "./reachable.ts"
import { references, referencesInProse } from "./references.ts"
import { fileLength, functionLength } from "./sizes.ts"
import { type Problem, type Source } from "./source.ts"

/** A rule over the whole tree. */
export type Rule = (sources: ReadonlyArray<Source>) => ReadonlyArray<Problem>

const perFile =
  (rule: (source: Source) => ReadonlyArray<Problem>): Rule =>
  (sources) =>
    sources.flatMap(rule)

/** Every rule over TypeScript files, by the sentence that it keeps. */
export const rules: Readonly<Record<string, Rule>> = {
  "folders and packages import along the arrows": perFile(arrows),
  "each kind of file imports what its kind may": kinds,
  "library code calls nothing that is banned": perFile(bannedCalls),
  "library code imports modules, not barrels": perFile(bannedImports),
  "names are the field's words": perFile(bannedNames),
  "no test is left out": perFile(focusedTests),
  "files are short": perFile(fileLength),
  "functions are short": perFile(functionLength),
  "every exported symbol has a doc block": perFile(documented),
  "every port has a suite and every implementation runs it": conformance,
  "no export reaches tests": reachable,
  "nothing is left unfinished in code": perFile(unfinishedText),
  "comments stand on their own": perFile(references)
}

/** The rule over prose. */
export const proseRule = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Problem> =>
  files.flatMap((file) => [...unfinishedText(file), ...referencesInProse(file)])

/** The problems that no exception covers. */
export const uncovered = (
  problems: ReadonlyArray<Problem>,
  exceptions: ReadonlyArray<Exception>
): ReadonlyArray<Problem> => problems.filter((problem) => !exceptions.some((exception) => covers(exception, problem)))

/** The exceptions that cover no problem. */
export const unused = (
  problems: ReadonlyArray<Problem>,
  exceptions: ReadonlyArray<Exception>
): ReadonlyArray<Exception> => exceptions.filter((exception) => !problems.some((problem) => covers(exception, problem)))

const covers = (exception: Exception, problem: Problem): boolean =>
  exception.rule === problem.rule && exception.path === problem.path && problem.message.includes(exception.about)
