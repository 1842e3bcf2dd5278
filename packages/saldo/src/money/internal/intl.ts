/** Whether `Intl` takes a code as a currency: three letters, which need not be in ISO 4217. */
export const isForIntl = (currency: string): boolean => /^[A-Z]{3}$/u.test(currency)

/** Remembers what was made for a key. Keys may come from requests: a full memory is emptied, so it cannot grow on. */
export const memo = <A>(make: (key: string) => A): ((key: string) => A) => {
  const made = new Map<string, A>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) {
      value = make(key)
      if (made.size >= 200) made.clear()
      made.set(key, value)
    }
    return value
  }
}
