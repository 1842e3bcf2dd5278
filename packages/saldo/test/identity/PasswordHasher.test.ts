import * as PasswordHasherTest from "@saldo/testing/PasswordHasherTest"
import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"

PasswordHasherTest.suite("scrypt", ScryptPasswordHasher.layer())
