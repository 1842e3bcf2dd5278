/** Somebody by name, as far as the reader may know it. */
import { useMay, useMe } from "../access.ts"
import * as people from "../client/people.ts"
import { hrefOf } from "../router.ts"
import { t } from "../words/words.ts"
import { useLoad } from "./useLoad.ts"

/** A user of whom the id is known: the reader, somebody with a name, or a number. */
export const Person = ({ id }: { readonly id: string }) => {
  const me = useMe()
  const may = useMay()
  const asks = id !== me.id && id.startsWith("user_") && may("identity:manage")
  const { value } = useLoad(async (signal) => (asks ? people.find(id, signal) : null), [id, asks])
  if (id === me.id) return <>{t("person.you")}</>
  const name = value?.name ?? value?.email
  return name === undefined || name === null ? <code>{id}</code> : <a href={hrefOf(["users", id])}>{name}</a>
}
