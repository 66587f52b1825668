import Crypto
import Foundation
import Testing

@testable import API

/// Signatures of the RFCs' examples, and what is not one.
struct SignatureTests {
    /// RFC 7515, appendix A.1.1.
    private static let claims =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        + "cnVlfQ"

    private func bytes(_ text: String) throws -> [UInt8] {
        try #require(Base64URL.decode(text.utf8))
    }

    @Test func `the HMAC of RFC 7515, appendix A.1, is valid`() throws {
        let message = Array("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.claims)".utf8)
        let key = try bytes(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        )
        var code = try bytes("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(SHA256.code(of: message, key: key) == code)
        #expect(SHA256.isValid(code, of: message, key: key))
        #expect(!SHA256.isValid(code, of: message + [0], key: key))
        #expect(!SHA256.isValid(Array(code.dropLast()), of: message, key: key))
        #expect(!SHA256.isValid([], of: message, key: key))
        code[31] ^= 1
        #expect(!SHA256.isValid(code, of: message, key: key))
    }

    @Test func `the RS256 signature of RFC 7515, appendix A.2, is valid`() throws {
        let message = Array("eyJhbGciOiJSUzI1NiJ9.\(Self.claims)".utf8)
        let modulus =
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1"
            + "Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63k"
            + "paSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh"
            + "9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyu"
            + "XpoQ"
        let signature =
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O"
            + "8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIA"
            + "RNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOP"
            + "qvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe"
            + "77Rw"
        let key = PublicKey.rsa(modulus: try bytes(modulus), exponent: [1, 0, 1])
        try check(key, message, try bytes(signature))
    }

    @Test func `the ES256 signature of RFC 7515, appendix A.3, is valid`() throws {
        let message = Array("eyJhbGciOiJFUzI1NiJ9.\(Self.claims)".utf8)
        let key = PublicKey.p256(
            x: try bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            y: try bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let signature = try bytes(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        )
        try check(key, message, signature)
    }

    private func check(_ key: PublicKey, _ message: [UInt8], _ signature: [UInt8]) throws {
        #expect(key.isUsable)
        #expect(key.verifies(signature, of: message))
        #expect(!key.verifies(signature, of: message + [0]))
        #expect(!key.verifies(signature + [0], of: message))
        #expect(!key.verifies(Array(signature.dropLast()), of: message))
        #expect(!key.verifies([], of: message))
        let zeros = [UInt8](repeating: 0, count: signature.count)
        #expect(!key.verifies(zeros, of: message))
        for place in [0, signature.count / 2, signature.count - 1] {
            var changed = signature
            changed[place] ^= 1
            #expect(!key.verifies(changed, of: message))
        }
    }

    @Test func `what a key has signed is valid, in the form of tokens alone`() {
        let message = Array("message".utf8)
        for key in [SigningKey.rsa, .ec] {
            for _ in 0..<20 {
                #expect(key.publicKey.verifies(key.compactSignature(of: message), of: message))
            }
        }
        let der = SigningKey.ec.signature(of: message)
        #expect(!SigningKey.ec.publicKey.verifies(der, of: message))
        #expect(
            !SigningKey.otherRSA.publicKey.verifies(
                SigningKey.rsa.signature(of: message), of: message))
    }

    @Test func `a point that is not on the curve is no key`() throws {
        guard case .p256(let x, var y) = SigningKey.ec.publicKey else { return }
        y[31] ^= 1
        #expect(!PublicKey.p256(x: x, y: y).isUsable)
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(!PublicKey.p256(x: zero, y: zero).isUsable)
    }
}
