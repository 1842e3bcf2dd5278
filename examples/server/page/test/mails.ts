/** The mails that the server wrote, as their receivers read them. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import type { StartedServer } from "./server.ts"

const textOf = (message: string): string => {
  const [, body = ""] = message.split("\r\n\r\n", 2)
  return Buffer.from(body, "base64").toString("utf8")
}

const linksIn = async (folder: string, email: string, page: string): Promise<ReadonlyArray<string>> => {
  // The folder comes with the first mail.
  const names = await readdir(folder).catch(() => [])
  const messages = await Promise.all(
    names.filter((name) => name.endsWith(".eml")).map((name) => readFile(join(folder, name), "utf8"))
  )
  return messages
    .filter((message) => message.includes(`<${email}>`))
    .flatMap((message) => textOf(message).match(/https?:\S+/gu) ?? [])
    .filter((link) => link.includes(`/${page}#`))
}

/** Waits for a mail to somebody with a link to a page, other than those that were seen before, and gives the link. */
export const linkTo = async (
  server: StartedServer,
  email: string,
  page: "verify-email" | "reset-password" | "accept-invitation" | "change-email",
  seen: ReadonlyArray<string> = []
): Promise<string> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = (await linksIn(`${server.file}.mails`, email, page)).find((link) => !seen.includes(link))
    if (found !== undefined) return found
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
  throw new Error(`No mail with a link to ${page} came to ${email}`)
}
