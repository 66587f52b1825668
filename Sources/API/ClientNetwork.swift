import HTTPServer

/// Whom an address stands for, where callers are counted by it.
enum ClientNetwork {
    /// What is no address is one that nobody else has.
    static func text(of address: String) -> String {
        ClientAddress(address)?.network.description ?? address
    }
}
