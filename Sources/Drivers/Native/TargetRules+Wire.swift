import Addresses
import JSON

/// How the rules travel to an engine: a list of layers.
extension TargetRules {
    var wire: JSONValue {
        .array(
            layers.map { layer in
                .object([
                    "owner": .string(layer.owner),
                    "allow": Self.texts(layer.allow),
                    "deny": Self.texts(layer.deny),
                ])
            })
    }

    /// - Parameter order: has them as `targets`; without them it is no order.
    init(wire order: WireObject) throws(WireFault) {
        var layers: [Layer] = []
        for layer in try order.objects("targets") {
            layers.append(
                Layer(
                    owner: try layer.text("owner"),
                    allow: try Self.patterns(try layer.optionalTexts("allow")),
                    deny: try Self.patterns(try layer.optionalTexts("deny"))))
        }
        self.init(layers)
    }

    private static func texts(_ patterns: [TargetPattern]) -> JSONValue {
        .array(patterns.map { .string("\($0)") })
    }

    private static func patterns(_ texts: [String]?) throws(WireFault) -> [TargetPattern] {
        var patterns: [TargetPattern] = []
        for text in texts ?? [] {
            do throws(TargetPattern.Fault) {
                patterns.append(try TargetPattern(text))
            } catch {
                throw WireFault("a rule \(error.message)")
            }
        }
        return patterns
    }
}
