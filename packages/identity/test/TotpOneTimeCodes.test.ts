import * as OneTimeCodesTest from "@saldo/testing/OneTimeCodesTest"
import * as TotpOneTimeCodes from "../src/TotpOneTimeCodes.ts"

OneTimeCodesTest.suite("otplib", TotpOneTimeCodes.layer)
