import * as fc from "fast-check"
import { passwordWeaknesses, standardPolicy } from "saldo/identity/passwordStrength"
import { describe, expect, it } from "vitest"

const known = ["quirina.testsson@example.com", "Quirina Testsson-Ångström", "Quick Bank"]

const weaknesses = (password: string) => passwordWeaknesses(password, known, standardPolicy)

describe("passwordWeaknesses", () => {
  it("takes what is long and tells nothing", () => {
    for (const good of [
      "correct horse battery",
      "four random wombats sing",
      "kJ8#vq2!Lm0zRt",
      "smultron under eken i regn",
      "пароль из четырёх слов",
      "我喜欢在雨中散步和唱歌吗",
      "2026-03-10 was a rainy day",
      "qrt-vbn-uio-zap-mel",
      "x".repeat(3) + "yz kanin på månen " + "ö".repeat(3)
    ]) {
      expect(weaknesses(good), good).toEqual([])
    }
  })

  it.each([
    ["elevenchars", "too-short"],
    ["", "too-short"],
    ["a".repeat(129), "too-long"],
    ["long enough\u0000here", "unreadable"],
    ["long enough \ud800 here", "unreadable"],
    ["aaaaaaaaaaaaaa", "repetition"],
    ["abcabcabcabcabc", "repetition"],
    ["aaaabbbbccccdddd", "repetition"],
    ["ababababababab12", "sequence"],
    ["123456789012", "sequence"],
    ["qwertyuiopasdf", "sequence"],
    ["zyxwvutsrqponm", "sequence"],
    ["password12345", "common"],
    ["P@ssw0rdP@ssw0rd", "common"],
    ["Sommar-Sommar-26", "common"],
    ["Valkommen-2026", "common"],
    ["välkommen-2026", "common"],
    ["quirina-testsson", "personal"],
    ["Angstrom-Quirina", "personal"],
    ["qu1r1na-te5t550n", "personal"],
    ["quick bank 2026", "personal"]
  ] as const)("finds what is wrong with %j", (password, weakness) => {
    expect(weaknesses(password)).toContain(weakness)
  })

  it("counts characters as people do, by one form of Unicode", () => {
    const twelve = "åäöéüñçßøæœđ"
    expect(weaknesses(twelve)).toEqual([])
    expect(weaknesses(twelve.normalize("NFD"))).toEqual([])
    expect(weaknesses("😀🎈🍀🚲⛵🎻🦉🌋🥨🎲🧭🪁")).toEqual([])
    expect(weaknesses("😀🎈🍀🚲⛵🎻🦉🌋🥨🎲🧭")).toEqual(["too-short"])
  })

  it("answers whatever it is asked, at once, and the same for each form of one text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.array(fc.string(), { maxLength: 4 }),
        (text, words) => {
          const found = passwordWeaknesses(text, words, standardPolicy)
          if (text.isWellFormed()) {
            expect(passwordWeaknesses(text.normalize("NFKC"), words, standardPolicy)).toEqual(found)
          }
          expect(new Set(found).size).toBe(found.length)
        }
      ),
      { numRuns: 500 }
    )
    // Repetitions of all lengths, in which a careless pattern would lose itself.
    const start = performance.now()
    for (let length = 1; length <= 128; length++) weaknesses("ab".repeat(length).slice(0, length))
    weaknesses("a".repeat(10_000_000))
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})
