import * as KycVerifierTest from "@saldo/testing/KycVerifierTest"
import * as Layer from "effect/Layer"
import { KycVerifier } from "saldo/banking/KycVerifier"

KycVerifierTest.suite("the reference", KycVerifier.layerReference)
KycVerifierTest.suite("behind a breaker", KycVerifier.layerGuarded().pipe(Layer.provide(KycVerifier.layerReference)))
