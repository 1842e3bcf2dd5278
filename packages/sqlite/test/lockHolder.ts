import { DatabaseSync } from "node:sqlite"

// A process of its own that holds a lock on a database until its standard input ends.
const [, , filename = "", begin = "BEGIN IMMEDIATE"] = process.argv
const database = new DatabaseSync(filename)
database.exec(begin)
process.stdout.write("locked")
process.stdin.resume().once("end", () => {
  database.exec("COMMIT")
  database.close()
})
