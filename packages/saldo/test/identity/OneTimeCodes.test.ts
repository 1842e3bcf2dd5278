import * as OneTimeCodesTest from "@saldo/testing/OneTimeCodesTest"
import * as TotpCodes from "@saldo/testing/TotpCodes"

OneTimeCodesTest.suite("from the standards", TotpCodes.layer)
