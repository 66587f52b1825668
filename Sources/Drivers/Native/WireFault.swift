/// Why a line of the other side is not one of the protocol.
package struct WireFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
