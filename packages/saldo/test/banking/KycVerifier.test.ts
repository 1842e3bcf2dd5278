import * as KycVerifierTest from "@saldo/testing/KycVerifierTest"
import { KycVerifier } from "saldo/banking/KycVerifier"

KycVerifierTest.suite("the reference", KycVerifier.layerReference)
